import { column } from '@headwater/testkit';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompiledContract } from '../compiled-contract.ts';
import { createRecordJudge } from '../judge/record-judge.ts';
import { encodeUtf8 } from '../judge/text.ts';
import { toJsonSchema } from './json-schema.ts';

const CONTRACT: CompiledContract = {
  contractId: 'ads.events',
  contractVersion: '1.0.0',
  columns: [
    column(
      'id',
      { kind: 'string' },
      {
        required: true,
        rules: [
          { rule: 'pattern', pattern: '^[a-z]+$' },
          { rule: 'maxLength', value: 4 },
        ],
      },
    ),
    column('kind', { kind: 'string' }, { rules: [{ rule: 'enum', values: ['a', 'b'] }] }),
    column('n', { kind: 'integer', bits: 64 }, { rules: [{ rule: 'minimum', value: '1', exclusive: true }] }),
    column('price', { kind: 'decimal', precision: 6, scale: 2 }),
    column('x', { kind: 'double' }, { rules: [{ rule: 'maximum', value: '1.5', exclusive: false }] }),
    column('at', { kind: 'timestamp' }, { time: 'iso8601' }),
    column('ms', { kind: 'timestamp' }, { time: 'epochMillis' }),
    column('local', { kind: 'timestampNtz' }),
    column('day', { kind: 'date' }),
    column('ok', { kind: 'boolean' }),
    column('raw', { kind: 'binary' }),
    column('any', { kind: 'json' }, { required: true }),
    column(
      'tags',
      { kind: 'array', element: column('element', { kind: 'string' }, { required: true }) },
      { rules: [{ rule: 'maxLength', value: 2 }] },
    ),
    column('attributes', { kind: 'map', value: column('value', { kind: 'integer', bits: 8 }) }),
    column('geo', { kind: 'struct', fields: [column('lat', { kind: 'float' }, { required: true })] }),
  ],
  unknownMembers: 'refuse',
  keyColumns: [],
  partitionColumns: [],
  recordBytesMax: 1_000_000,
};

const schema = toJsonSchema(CONTRACT);
const ajv = new Ajv({ strict: false });
addFormats(ajv);
const isValid = ajv.compile(JSON.parse(schema) as object);

describe('[C20] a contract as JSON Schema draft-07', () => {
  test('reads as its golden file, with every digit of its bounds', async () => {
    expect(schema).toContain('"maximum": 9223372036854775807');
    await expect(schema).toMatchFileSnapshot(
      join(dirname(fileURLToPath(import.meta.url)), 'golden', 'events.schema.json'),
    );
  });

  test('takes every record the judge takes', () => {
    const judge = createRecordJudge(CONTRACT);
    const maybe = <T>(value: fc.Arbitrary<T>) =>
      fc.option(
        fc.oneof(
          { weight: 8, arbitrary: value },
          { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) as unknown as fc.Arbitrary<T> },
        ),
      );
    const record = fc.record(
      {
        id: fc.string({ unit: fc.constantFrom('a', 'b', 'A'), maxLength: 5 }),
        kind: maybe(fc.constantFrom('a', 'b', 'c')),
        n: maybe(fc.integer({ min: -2, max: 5 })),
        price: maybe(fc.constantFrom(1, 1.25, 9999.99, 10000)),
        x: maybe(fc.double({ min: -2, max: 2, noNaN: true })),
        at: maybe(fc.constantFrom('2026-11-21T09:00:00Z', '2026-11-21T09:00:00.5+09:00', '2026-11-21')),
        ms: maybe(fc.constantFrom(1732181234123, 1.5)),
        local: maybe(fc.constantFrom('2026-11-21T09:00:00', '2026-11-21T09:00:00Z')),
        day: maybe(fc.constantFrom('2024-02-29', '2026-02-29')),
        ok: maybe(fc.boolean()),
        raw: maybe(fc.constantFrom('AQI=', 'AQI')),
        any: fc.jsonValue({ maxDepth: 2 }),
        tags: maybe(fc.array(fc.constantFrom('x', 'y'), { maxLength: 3 })),
        attributes: maybe(fc.dictionary(fc.constantFrom('p', 'q'), fc.integer({ min: 0, max: 200 }))),
        geo: maybe(fc.record({ lat: fc.constantFrom(1, 0.5, null) })),
        extra: fc.constant(1),
      },
      { noNullPrototype: true },
    );
    const names = [...CONTRACT.columns.map(({ source }) => source), 'extra'];
    const few = fc
      .tuple(record, fc.subarray(names, { maxLength: 5 }))
      .map(([all, chosen]) =>
        Object.fromEntries(
          Object.entries(all).filter(([name]) => name === 'id' || name === 'any' || chosen.includes(name)),
        ),
      );
    let taken = 0;
    fc.assert(
      fc.property(few, (value) => {
        const text = JSON.stringify(value);
        if (!judge(encodeUtf8(text)).accepted) return;
        taken++;
        expect(isValid(JSON.parse(text)), text + JSON.stringify(isValid.errors)).toBe(true);
      }),
      { numRuns: 20_000, seed: 7 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  test.each([
    '{}',
    '{"id":"abcde","any":1}',
    '{"id":"a","any":null}',
    '{"id":"a","any":1,"n":1}',
    '{"id":"a","any":1,"extra":1}',
    '{"id":"a","any":1,"geo":{}}',
    '{"id":"a","any":1,"kind":"c"}',
    '{"id":"a","any":1,"tags":["a",1]}',
    '{"id":"a","any":1,"attributes":{"p":128}}',
  ])('%s is refused by both', (text) => {
    expect(createRecordJudge(CONTRACT)(encodeUtf8(text)).accepted).toBe(false);
    expect(isValid(JSON.parse(text))).toBe(false);
  });
});
