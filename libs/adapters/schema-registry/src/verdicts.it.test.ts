import { judgeCompatibility, type CompatibilityVerdict, type SchemaType } from '@headwater/core-schema';
import {
  askRegistry,
  generateAvroPair,
  generateJsonSchemaPair,
  generateProtobufPair,
  uniqueName,
  type RegistryVerdict,
  type SchemaPair,
} from '@headwater/testkit';
import { expect, inject, test } from 'vitest';

const pairsCount = 24;
const askedAtOnce = 6;
const modes = ['BACKWARD', 'FORWARD', 'FULL'] as const;

/** Where we are stricter than the registry on purpose: docs/specs/compatibility.md#disagreements. */
const stricter: readonly string[] = [
  'decimal-changed',
  'combination-changed',
  'part-changed',
  'property-added-not-covered',
  'fields-moved-into-oneof',
];

const choice = /"type":\[|"(?:any|one|all)Of"/;

test.each<[SchemaType, (seed: number) => SchemaPair]>([
  ['AVRO', generateAvroPair],
  ['JSON', generateJsonSchemaPair],
  ['PROTOBUF', generateProtobufPair],
])(
  `[K5] %s: ${pairsCount} generated pairs are judged as the registry judges them, or otherwise for a known reason`,
  async (type, generate) => {
    const { schemaRegistryUrl: url } = inject('stack');
    const run = uniqueName('verdicts');
    const others: string[] = [];
    const ask = async (seed: number): Promise<void> => {
      const pair = generate(seed);
      const mode = modes[seed % modes.length] ?? 'FULL';
      const theirs = await askRegistry({ url, subject: `${run}-${seed}`, schemaType: type, mode, pair });
      const ours = judgeCompatibility({
        type,
        mode,
        existing: [{ text: pair.existing }],
        candidate: { text: pair.candidate },
      });
      const disagreement = disagreementOf(ours, theirs, pair);
      if (disagreement !== undefined) others.push(`seed ${seed}: ${disagreement}`);
    };
    for (let seed = 1; seed <= pairsCount; seed += askedAtOnce) {
      await Promise.all(Array.from({ length: askedAtOnce }, (_, index) => ask(seed + index)));
    }
    expect(others).toEqual([]);
  },
);

function disagreementOf(
  ours: CompatibilityVerdict,
  theirs: RegistryVerdict,
  { existing, candidate }: SchemaPair,
): string | undefined {
  if (ours.kind !== 'judged' || theirs.kind !== 'judged') {
    return ours.kind === 'unusable' && theirs.kind === 'refused' ? undefined : 'one cannot use it';
  }
  if (ours.compatible === theirs.compatible) return undefined;
  // The registry does not see that a choice holds what was a single type.
  const isKnown = ours.compatible
    ? choice.test(candidate) || choice.test(existing)
    : ours.violations.every(({ rule }) => stricter.includes(rule));
  return isKnown ? undefined : JSON.stringify(ours.violations);
}
