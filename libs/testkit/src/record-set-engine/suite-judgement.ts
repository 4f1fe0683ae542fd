import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRecordJudge, type ReasonCode, type RecordVerdict } from '@headwater/core-contract';
import { column, contractOf } from '../compiled-contract.ts';
import { land, pipelineOf, records, type EngineUnderTest } from './engine-under-test.ts';

const contract = contractOf(
  [
    column('id', { kind: 'integer', bits: 32 }, { required: true }),
    column(
      'name',
      { kind: 'string' },
      {
        rules: [
          { rule: 'minLength', value: 2 },
          { rule: 'maxLength', value: 8 },
        ],
      },
    ),
    column('word', { kind: 'string' }, { rules: [{ rule: 'pattern', pattern: '^[a-z]+$' }] }),
    column('kind', { kind: 'string' }, { rules: [{ rule: 'enum', values: ['a', 'b'] }] }),
    column(
      'share',
      { kind: 'double' },
      {
        rules: [
          { rule: 'minimum', value: '0', exclusive: false },
          { rule: 'maximum', value: '1', exclusive: false },
        ],
      },
    ),
    column('price', { kind: 'decimal', precision: 6, scale: 2 }),
    column('step', { kind: 'integer', bits: 32 }, { rules: [{ rule: 'multipleOf', value: '5' }] }),
    column('at', { kind: 'timestamp' }),
    column('day', { kind: 'date' }),
    column('region', { kind: 'string' }),
  ],
  {
    unknownMembers: 'refuse',
    recordBytesMax: 2_000,
    partitionColumns: [{ name: 'region', from: 'column', column: 'region' }],
  },
);
const good = '{"id":1}';

/** A record for each reason there is; a reason that is missing here does not compile. */
const refused: Readonly<Record<ReasonCode, { readonly value: string | Uint8Array; readonly path: string }>> =
  {
    empty: { value: ' ', path: '' },
    oversize: { value: `{"id":1,"name":"${'x'.repeat(2_000)}"}`, path: '' },
    'invalid-utf8': {
      value: Buffer.from([...Buffer.from('{"id":1,"name":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
      path: '',
    },
    'invalid-json': { value: '{"id":01}', path: '' },
    'not-an-object': { value: '[1]', path: '' },
    'nul-character': { value: String.raw`{"id":1,"name":"a\u0000b"}`, path: '' },
    'duplicate-key': { value: '{"id":1,"id":2}', path: 'id' },
    'too-deep': { value: `{"id":1,"deep":${'['.repeat(200)}${']'.repeat(200)}}`, path: '' },
    'unknown-member': { value: '{"id":1,"extra":2}', path: 'extra' },
    required: { value: '{}', path: 'id' },
    type: { value: '{"id":"1"}', path: 'id' },
    'out-of-range': { value: '{"id":2147483648}', path: 'id' },
    'not-exact': { value: '{"id":1,"price":1.005}', path: 'price' },
    timestamp: { value: '{"id":1,"at":"2026-02-30T00:00:00Z"}', path: 'at' },
    date: { value: '{"id":1,"day":"2026-13-01"}', path: 'day' },
    enum: { value: '{"id":1,"kind":"c"}', path: 'kind' },
    pattern: { value: '{"id":1,"word":"No"}', path: 'word' },
    minimum: { value: '{"id":1,"share":-0.1}', path: 'share' },
    maximum: { value: '{"id":1,"share":1.1}', path: 'share' },
    'min-length': { value: '{"id":1,"name":"a"}', path: 'name' },
    'max-length': { value: '{"id":1,"name":"abcdefghi"}', path: 'name' },
    'multiple-of': { value: '{"id":1,"step":7}', path: 'step' },
    'partition-value': { value: '{"id":1,"region":""}', path: 'region' },
    'schema-incompatible': { value: Buffer.from([0, 0, 0, 0, 9, ...Buffer.from(good)]), path: '' },
  };

export function judgementTests(under: () => EngineUnderTest): void {
  for (const [reason, { value, path }] of Object.entries(refused)) {
    test(`${reason} goes to quarantine with its path and its bytes, and takes no good record along`, async () => {
      const pipeline = pipelineOf(contract, [7]);
      const { primary, quarantine, quarantineFiles, counts, reasons } = await land(under(), pipeline, [
        { partition: 3, batches: [{ records: records([good, value, good], 40n) }] },
      ]);
      expect(reasons).toEqual([
        { stage: expect.any(String) as string, reason, path, records: 1, partition: 3, offset: 41n },
      ]);
      expect(counts.get(3)).toEqual({ landed: 2n, quarantined: 1n });
      expect([...primary, ...quarantine].map((file) => file.records)).toEqual([2, 1]);
      const [row] = await under().select(
        quarantineFiles,
        `select topic, "partition" as p, "offset"::varchar as o, epoch_ms("timestamp")::varchar as t, decode("key") as k, hex("value") as v,
           schema_id, stage, rule, path, reason, contract_version, batch from rows`,
      );
      expect(row).toEqual({
        topic: pipeline.topic,
        p: 3,
        o: '41',
        t: '1790000000001',
        k: 'k1',
        v: Buffer.from(value).toString('hex').toUpperCase(),
        schema_id: reason === 'schema-incompatible' ? 9 : null,
        stage: reasons[0]?.stage,
        rule: expect.stringMatching(/^[a-z].{5,}/) as string,
        path,
        reason,
        contract_version: '1.0.0',
        batch: '0b5f9c1e-1111-4222-8333-944444444444',
      });
    });
  }

  test('a record in the wire format of a registered schema is judged by what follows the header', async () => {
    const value = Buffer.from([0, 0, 0, 0, 7, ...Buffer.from('{"id":5,"name":"plain"}')]);
    const { primaryFiles } = await land(under(), pipelineOf(contract, [7]), [
      { batches: [{ records: records([value, '{"id":6}']) }] },
    ]);
    const rows = await under().select(primaryFiles, 'select id, name from rows order by _offset');
    expect(rows).toEqual([
      { id: 5, name: 'plain' },
      { id: 6, name: null },
    ]);
  });

  test('any JSON is landed exactly as the judge reads it, or refused for the judge’s reason', async () => {
    const shape = contractOf([
      column('i', { kind: 'integer', bits: 64 }),
      column('d', { kind: 'double' }),
      column('m', { kind: 'decimal', precision: 18, scale: 4 }),
      column('s', { kind: 'string' }),
      column('b', { kind: 'boolean' }),
    ]);
    const judge = createRecordJudge(shape);
    const number = fc.oneof(
      fc.bigInt(-(1n << 66n), 1n << 66n).map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
      fc.tuple(fc.integer(), fc.nat(999_999)).map(([a, b]) => `${a}.${b}`),
    );
    const scalar = fc.oneof(
      number,
      fc.string({ unit: 'binary' }).map((s) => JSON.stringify(s)),
      fc.constantFrom('true', 'false', 'null', '01', '[]'),
    );
    const record = fc
      .array(fc.tuple(fc.constantFrom('i', 'd', 'm', 's', 'b', 'z'), scalar), { maxLength: 6 })
      .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join()}}`);
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 60 }), async (values) => {
        const verdicts = values.map((value) => judge(Buffer.from(value)));
        const { primaryFiles, quarantineFiles } = await land(under(), pipelineOf(shape), [
          { batches: [{ records: records(values) }] },
        ]);
        const landed = await under().select(
          primaryFiles,
          `select _offset::integer as o, i::varchar as i, d, m::varchar as m, hex(encode(s)) as s, b from rows order by _offset`,
        );
        const quarantined = await under().select(
          quarantineFiles,
          `select "offset"::integer as o, reason, path, stage from rows order by 1`,
        );
        expect(landed).toEqual(verdicts.flatMap(toRow));
        expect(quarantined).toEqual(
          verdicts.flatMap((verdict, o) =>
            verdict.accepted ? [] : [{ o, reason: verdict.reason, path: verdict.path, stage: verdict.stage }],
          ),
        );
      }),
      { numRuns: 60 },
    );
  });
}

function toRow(verdict: RecordVerdict, o: number): object[] {
  if (!verdict.accepted) return [];
  const [i, d, m, s, b] = verdict.values;
  const unscaled = m === null ? null : (m as bigint);
  return [
    {
      o,
      i: i === null ? null : String(i as bigint),
      d,
      m: unscaled === null ? null : toDecimalText(unscaled),
      s:
        s === null
          ? null
          : Buffer.from(s as string)
              .toString('hex')
              .toUpperCase(),
      b,
    },
  ];
}

function toDecimalText(unscaled: bigint): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(5, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
