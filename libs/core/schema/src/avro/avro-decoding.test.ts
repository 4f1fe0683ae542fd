import { createSeeded, generateAvroPair, type Seeded } from '@headwater/testkit';
import avsc from 'avsc';
import { expect, test } from 'vitest';
import { judgeCompatibility } from '../compatibility/judge-compatibility.ts';
import { isAvroNamed, type AvroSchema } from './avro-schema.ts';
import { parseAvro } from './parse-avro.ts';

const pairsCount = 6_000;
const valuesPerPair = 3;

/** A value of a schema in the form avsc writes: unions as `{ branch: value }`. */
function valueOf(schema: AvroSchema, seeded: Seeded, depth = 0): unknown {
  switch (schema.kind) {
    case 'null':
      return null;
    case 'boolean':
      return seeded.chance(0.5);
    case 'int':
    case 'long':
      return seeded.below(2_000) - 1_000;
    case 'float':
    case 'double':
      return seeded.below(1_000) / 8;
    case 'string':
      return 'text'.slice(seeded.below(4));
    case 'bytes':
      return Buffer.from([97 + seeded.below(20), 98]);
    case 'fixed':
      return Buffer.alloc(schema.size, seeded.below(256));
    case 'enum':
      return schema.symbols[seeded.below(schema.symbols.length)];
    case 'array':
      return depth > 4 ? [] : [valueOf(schema.items, seeded, depth + 1)];
    case 'map':
      return depth > 4 ? {} : { key: valueOf(schema.values, seeded, depth + 1) };
    case 'union': {
      const branch = depth > 4 ? schema.branches[0] : schema.branches[seeded.below(schema.branches.length)];
      if (branch === undefined || branch.kind === 'null') return null;
      const name = isAvroNamed(branch) ? branch.fullName : branch.kind;
      return { [name]: valueOf(branch, seeded, depth + 1) };
    }
    case 'record':
      return Object.fromEntries(
        schema.fields.map((field) => [field.name, valueOf(field.type, seeded, depth + 1)]),
      );
  }
}

test(`[K2] ${pairsCount} pairs judged compatible or not: what is judged compatible is decoded by avsc without failure`, () => {
  let compatible = 0;
  let resolvable = 0;
  for (let seed = 1; seed <= pairsCount; seed += 1) {
    const { existing, candidate } = generateAvroPair(seed);
    const verdict = judgeCompatibility({
      type: 'AVRO',
      mode: 'BACKWARD',
      existing: [{ text: existing }],
      candidate: { text: candidate },
    });
    if (verdict.kind === 'unusable') throw new Error(`seed ${seed}: ${verdict.problem.message}`);
    const onlyDecimals = verdict.violations.every(({ rule }) => rule === 'decimal-changed');
    const writer = avsc.Type.forSchema(JSON.parse(existing) as avsc.Schema, { wrapUnions: true });
    const reader = avsc.Type.forSchema(JSON.parse(candidate) as avsc.Schema, { wrapUnions: true });
    if (!verdict.compatible) {
      // avsc knows no decimals: moving their point is no failure to it.
      if (!onlyDecimals && canResolve(reader, writer)) resolvable += 1;
      continue;
    }
    compatible += 1;
    const parsed = parseAvro({ text: existing });
    if (!parsed.ok) throw new Error(parsed.error.message);
    const resolver = reader.createResolver(writer);
    const seeded = createSeeded(seed);
    for (let value = 0; value < valuesPerPair; value += 1) {
      const bytes = writer.toBuffer(valueOf(parsed.value, seeded));
      expect(() => void reader.fromBuffer(bytes, resolver), `seed ${seed}`).not.toThrow();
    }
  }
  expect(compatible).toBeGreaterThan(pairsCount / 4);
  // Where we refuse, avsc refuses too, but for enums: it looks at their symbols only when it decodes.
  expect(resolvable).toBeLessThan(pairsCount / 50);
});

function canResolve(reader: avsc.Type, writer: avsc.Type): boolean {
  try {
    reader.createResolver(writer);
    return true;
  } catch {
    return false;
  }
}
