import { column } from '@headwater/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column, ColumnValue, CompiledContract } from '../compiled-contract.ts';
import { createRecordJudge } from './record-judge.ts';
import { FORM_NULL, FORM_SCRATCH } from './record-slots.ts';
import { createSlotJudge } from './slot-judge.ts';
import type { SlotJudge } from './slot-judge.ts';
import { decodeUtf8, encodeUtf8 } from './text.ts';

const CONTRACT: CompiledContract = {
  contractId: 'slots',
  contractVersion: '1.0.0',
  columns: [
    column('s', { kind: 'string' }, { required: true, rules: [{ rule: 'maxLength', value: 20 }] }),
    column('b', { kind: 'boolean' }),
    column('i', { kind: 'integer', bits: 32 }),
    column('l', { kind: 'integer', bits: 64 }),
    column('x', { kind: 'double' }),
    column('d', { kind: 'decimal', precision: 18, scale: 2 }),
    column('wide', { kind: 'decimal', precision: 38, scale: 0 }),
    column('at', { kind: 'timestamp' }),
    column('day', { kind: 'date' }),
    column('raw', { kind: 'binary' }),
    column('j', { kind: 'json' }),
    column('list', { kind: 'array', element: column('e', { kind: 'string' }) }),
    column('o', {
      kind: 'struct',
      fields: [column('p', { kind: 'integer', bits: 64 }), column('q', { kind: 'string' })],
    }),
  ],
  unknownMembers: 'ignore',
  keyColumns: [],
  partitionColumns: [],
  recordBytesMax: 10_000,
};

/** Reads the slots as their table of types says. */
function readSlot({ slots }: SlotJudge, buffer: Uint8Array, { type }: Column, i: number): ColumnValue {
  if (slots.forms[i] === FORM_NULL) return null;
  switch (type.kind) {
    case 'boolean':
      return slots.doubles[i] === 1;
    case 'date':
    case 'float':
    case 'double':
      return slots.doubles[i]!;
    case 'integer':
      return type.bits === 64 ? longOf(slots.words, i) : slots.doubles[i]!;
    case 'timestamp':
    case 'timestampNtz':
      return longOf(slots.words, i);
    case 'decimal':
      return type.precision > 18 ? slots.boxes[i]! : slots.longs[i]!;
    case 'string':
    case 'json':
      return decodeUtf8(
        slots.forms[i] === FORM_SCRATCH ? slots.scratch : buffer,
        slots.starts[i]!,
        slots.ends[i]!,
      );
    default:
      return slots.boxes[i]!;
  }
}

const longOf = (words: Int32Array, i: number): bigint =>
  (BigInt(words[2 * i + 1]!) << 32n) | BigInt(words[2 * i]! >>> 0);

const text = fc
  .string({
    unit: fc.constantFrom('a', 'é', '한', '😀', '\\n', '\\u00e9', '\\ud83d\\ude00', ' '),
    maxLength: 30,
  })
  .map((s) => `"${s}"`);
const value = fc.oneof(
  text,
  fc.maxSafeInteger().map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom(
    'null',
    'true',
    'false',
    '1.25',
    '-0.0',
    '1e30',
    '"2026-11-21T09:00:00.123456Z"',
    '"9999-12-31T23:59:59Z"',
    '"2024-02-29"',
    '"AQID"',
    '[]',
    '["a","\\t",null]',
    '{"p":5,"q":"\\""}',
    '{"p":1,"p":2}',
    '[1',
  ),
);
const names = [
  '"s"',
  '"b"',
  '"i"',
  '"l"',
  '"x"',
  '"d"',
  '"wide"',
  '"at"',
  '"day"',
  '"raw"',
  '"j"',
  '"list"',
  '"o"',
  '"\\u0073"',
  '"unknown"',
];
const record = fc
  .tuple(
    fc.constantFrom('"s":"a"', '"s":"\\u0041\\n"', '"x":1'),
    fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 5 }),
  )
  .map(([first, members]) =>
    encodeUtf8(`{${[first, ...members.map(([name, v]) => `${name}: ${v}`)].join(',')}}`),
  );

describe('[C21] the slot judge gives the verdicts of the record judge', () => {
  test('for every record of a larger buffer, whatever was judged before', () => {
    const slotJudge = createSlotJudge(CONTRACT);
    const recordJudge = createRecordJudge(CONTRACT);
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 10 }),
        fc.uint8Array({ maxLength: 3 }),
        (all, gap) => {
          const buffer = Uint8Array.from(all.flatMap((each) => [...gap, ...each, ...gap]));
          let start = 0;
          for (const each of all) {
            start += gap.length;
            const expected = recordJudge(each);
            const isAccepted = slotJudge.judge(buffer, start, start + each.length);
            expect(isAccepted, decodeUtf8(each, 0, each.length)).toBe(expected.accepted);
            if (expected.accepted) {
              accepted++;
              const values = CONTRACT.columns.map((each, i) => readSlot(slotJudge, buffer, each, i));
              expect(values).toEqual(expected.values);
            } else expect(slotJudge.refusal()).toEqual(expected);
            start += each.length + gap.length;
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });

  test('a record cut short is refused even when the bytes behind it would complete it', () => {
    const buffer = encodeUtf8('{"s":"abc","i":123,"b":true,"j":{"k":"\\u00e9"}}');
    const judge = createSlotJudge(CONTRACT);
    for (let end = 0; end < buffer.length; end++) expect(judge.judge(buffer, 0, end)).toBe(false);
    expect(judge.judge(buffer, 0, buffer.length)).toBe(true);
  });

  test('members in another order than the contract, and changing from record to record, are found', () => {
    const judge = createSlotJudge(CONTRACT);
    for (const order of [
      '{"x":1,"s":"a","b":true}',
      '{"b":true,"x":1,"s":"a"}',
      '{"s":"a","x":1,"b":true}',
    ]) {
      const bytes = encodeUtf8(order);
      expect(judge.judge(bytes, 0, bytes.length)).toBe(true);
      expect([judge.slots.doubles[1], judge.slots.doubles[4]]).toEqual([1, 1]);
    }
  });
});
