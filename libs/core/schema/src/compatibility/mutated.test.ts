import {
  createSeeded,
  generateAvroPair,
  generateJsonSchemaPair,
  generateProtobufPair,
  type SchemaPair,
  type Seeded,
} from '@headwater/testkit';
import { expect, test } from 'vitest';
import { judgeCompatibility } from './judge-compatibility.ts';
import { registryKinds, type SchemaType } from './mode.ts';

const mutationsCount = 4_000;
const fragments = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  'null',
  'true',
  '-1',
  '1e999',
  '"type"',
  '$ref',
  '\u0000',
  '\\',
  '한',
  ';',
  '=',
  '//',
  '<',
] as const;

/** Cuts, doubles or replaces a piece of a text, or puts a fragment into it. */
function mutate(text: string, seeded: Seeded): string {
  const at = seeded.below(text.length);
  const length = 1 + seeded.below(12);
  const [head, piece, tail] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  const deed = seeded.below(4);
  if (deed === 0) return head + tail;
  if (deed === 1) return head + piece + piece + tail;
  return head + seeded.pick(fragments) + (deed === 2 ? piece : '') + tail;
}

test.each<[SchemaType, (seed: number) => SchemaPair]>([
  ['AVRO', generateAvroPair],
  ['JSON', generateJsonSchemaPair],
  ['PROTOBUF', generateProtobufPair],
])(
  `[K4] %s: ${mutationsCount} broken schemas are judged or refused with a place, and never crash`,
  (type, generate) => {
    let refused = 0;
    for (let seed = 1; seed <= mutationsCount; seed += 1) {
      const seeded = createSeeded(seed);
      const { existing, candidate } = generate(seed);
      let broken = candidate;
      for (let count = 1 + seeded.below(3); count > 0; count -= 1) broken = mutate(broken, seeded);
      const verdict = judgeCompatibility({
        type,
        mode: 'FULL',
        existing: [{ text: existing }],
        candidate: { text: broken },
        registry: registryKinds[seed % registryKinds.length] ?? 'apicurio',
      });
      if (verdict.kind === 'judged') continue;
      refused += 1;
      expect(verdict.schema, broken).toBe('candidate');
      expect(verdict.problem.line).toBeGreaterThan(0);
      expect(verdict.problem.column).toBeGreaterThan(0);
      expect(verdict.problem.fix).not.toBe('');
    }
    expect(refused).toBeGreaterThan(mutationsCount / 4);
  },
);
