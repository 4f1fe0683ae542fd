import { column, contractOf } from '../compiled-contract.ts';
import { expect, test } from 'vitest';
import {
  addSet,
  BATCH_ID,
  beginBatch,
  INGESTED_AT_US,
  land,
  landInFolder,
  pipelineOf,
  records,
  type EngineUnderTest,
  type Landed,
} from './engine-under-test.ts';

const contract = contractOf([
  column('id', { kind: 'integer', bits: 32 }),
  column('name', { kind: 'string' }),
  column('email', { kind: 'string' }, { personal: true }),
]);
const row = (id: number) => `{"id":${id},"name":"name ${id}","email":"${id}@example.org"}`;
const rows = (from: number, count: number, broken = 10) =>
  Array.from({ length: count }, (_, index) => (index % broken === 7 ? '{"id":' : row(from + index)));

async function content(under: EngineUnderTest, landed: Landed): Promise<unknown> {
  return {
    primary: await under.select(landed.primaryFiles, 'select * from rows'),
    quarantine: await under.select(landed.quarantineFiles, 'select * from rows'),
    stats: landed.primary.map(({ stats, records: count, partitionValues }) => ({
      stats,
      count,
      partitionValues,
    })),
    counts: [...landed.counts].sort(([a], [b]) => a - b),
    reasons: landed.reasons,
  };
}

export function batchTests(under: () => EngineUnderTest): void {
  test('[S2] a second attempt at the batch has the same outcome, however its record sets are cut and interleaved', async () => {
    const pipeline = pipelineOf(contract);
    const batch = (from: number, count: number) => ({ records: records(rows(from, count), BigInt(from)) });
    const first = await land(under(), pipeline, [
      { partition: 0, batches: [batch(0, 3_000)] },
      { partition: 1, batches: [batch(0, 50)] },
      { partition: 0, batches: [batch(3_000, 10)] },
    ]);
    const second = await land(under(), pipeline, [
      { partition: 1, batches: [batch(0, 50)] },
      { partition: 0, batches: [batch(0, 3_000)], to: 1_234n },
      { partition: 0, batches: [batch(0, 3_000), batch(3_000, 10)], from: 1_234n },
    ]);
    expect(await content(under(), second)).toEqual(await content(under(), first));
  });

  test('rows of a file lie in order of partition and offset', async () => {
    const sets = [2, 0, 1].flatMap((partition) =>
      [0, 1].map((half) => ({
        partition,
        batches: [{ records: records(rows(half * 1_500, 1_500), BigInt(half * 1_500)) }],
      })),
    );
    const landed = await land(under(), pipelineOf(contract), sets);
    for (const [files, p, o] of [
      [landed.primaryFiles, '_partition', '_offset'],
      [landed.quarantineFiles, '"partition"', '"offset"'],
    ] as const) {
      const read = await under().select(files, `select ${p}::integer as p, ${o}::integer as o from rows`);
      const sorted = read.toSorted(
        (x, y) => Number(x['p']) - Number(y['p']) || Number(x['o']) - Number(y['o']),
      );
      expect(read.length).toBeGreaterThan(0);
      expect(read).toEqual(sorted);
    }
  });

  test('every row carries its coordinates, its times and its batch', async () => {
    const pipeline = pipelineOf(contract);
    const { primaryFiles } = await land(under(), pipeline, [
      { partition: 4, batches: [{ records: records([row(1)], 77n) }] },
    ]);
    const [read] = await under().select(
      primaryFiles,
      `select _topic, _partition, _offset::integer as o, epoch_ms(_timestamp)::varchar as t, epoch_us(_ingested_at)::varchar as i, _batch,
         typeof(_partition) as pt, typeof(_offset) as ot, typeof(_timestamp) as tt, typeof(_ingested_at) as it from rows`,
    );
    expect(read).toEqual({
      _topic: pipeline.topic,
      _partition: 4,
      o: 77,
      t: '1790000000000',
      i: String(INGESTED_AT_US),
      _batch: BATCH_ID,
      pt: 'INTEGER',
      ot: 'BIGINT',
      tt: 'TIMESTAMP WITH TIME ZONE',
      it: 'TIMESTAMP WITH TIME ZONE',
    });
  });

  test('statistics bound every column, and show nothing of a personal one', async () => {
    const values = [row(5), '{"id":3,"name":"aaa"}', row(9)];
    const { primary } = await land(under(), pipelineOf(contract), [
      { batches: [{ records: records(values, 10n) }] },
    ]);
    const stats = JSON.parse(primary[0]!.stats) as Record<string, Record<string, unknown>>;
    expect(stats['numRecords']).toBe(3);
    expect(stats['minValues']).toMatchObject({ id: 3, name: 'aaa', _partition: 0, _offset: 10 });
    expect(stats['maxValues']).toMatchObject({ id: 9, name: 'name 9', _offset: 12 });
    expect(stats['nullCount']).toMatchObject({ id: 0, name: 0 });
    expect(primary[0]!.stats).not.toContain('example.org');
  });

  test('one file per tuple of partition values, each without the columns its tuple says', async () => {
    const partitioned = contractOf(
      [
        column('at', { kind: 'timestamp' }),
        column('region', { kind: 'string' }),
        column('n', { kind: 'integer', bits: 32 }),
      ],
      {
        partitionColumns: [
          { name: 'day', from: 'date', column: 'at' },
          { name: 'region', from: 'column', column: 'region' },
        ],
      },
    );
    const value = (at: string, region: string | null, n: number) => JSON.stringify({ at, region, n });
    const landed = await land(under(), pipelineOf(partitioned), [
      {
        batches: [
          {
            records: records([
              value('2026-01-01T23:59:59.999999Z', 'eu', 1),
              value('2026-01-02T00:00:00Z', 'eu', 2),
              value('2026-01-01T00:00:00Z', 'eu', 3),
              value('1969-12-31T23:59:59Z', null, 4),
              value('2026-01-01T12:00:00Z', "o'x/=%", 5),
            ]),
          },
        ],
      },
    ]);
    const found = new Map<string, unknown[]>();
    for (const { localFile, partitionValues } of landed.primary) {
      const read = await under().select([localFile], 'select * from rows');
      expect(Object.keys(read[0]!)).not.toContain('region');
      expect(Object.keys(read[0]!)).not.toContain('day');
      found.set(
        JSON.stringify(partitionValues),
        read.map(({ n }) => n),
      );
    }
    expect(found).toEqual(
      new Map([
        [JSON.stringify({ day: '1969-12-31', region: null }), [4]],
        [JSON.stringify({ day: '2026-01-01', region: 'eu' }), [1, 3]],
        [JSON.stringify({ day: '2026-01-01', region: "o'x/=%" }), [5]],
        [JSON.stringify({ day: '2026-01-02', region: 'eu' }), [2]],
      ]),
    );
  });

  test('a batch without accepted or refused records writes no file', async () => {
    const { primary, quarantine } = await land(under(), pipelineOf(contract), [
      { batches: [{ records: records([null, null]) }] },
    ]);
    expect([primary, quarantine]).toEqual([[], []]);
  });

  test('a discarded batch leaves nothing to the next one, and the next may fill while one lands', async () => {
    const pipeline = pipelineOf(contract);
    const discarded = await beginBatch(under(), pipeline);
    await addSet(under(), discarded, { batches: [{ records: records(rows(0, 100)) }] });
    await discarded.discard();
    const first = await beginBatch(under(), pipeline);
    await addSet(under(), first, { batches: [{ records: records([row(1), row(2)]) }] });
    const landing = landInFolder(first);
    const second = await beginBatch(under(), pipeline);
    await addSet(under(), second, { batches: [{ records: records([row(3)], 2n) }] });
    const ids = async ({ primaryFiles }: { readonly primaryFiles: readonly string[] }) =>
      (await under().select(primaryFiles, 'select id from rows')).map(({ id }) => id);
    expect(await ids(await landing)).toEqual([1, 2]);
    expect(await ids(await landInFolder(second))).toEqual([3]);
  });

  test('[S11] what a batch holds is known while it fills, and many partition tuples count', async () => {
    const wide = contractOf([column('r', { kind: 'string' })], {
      partitionColumns: [{ name: 'r', from: 'column', column: 'r' }],
    });
    const batch = await beginBatch(under(), pipelineOf(wide));
    expect(batch.bufferedBytes()).toBe(0);
    await addSet(under(), batch, {
      batches: [{ records: records(Array.from({ length: 100 }, () => '{"r":"a"}')) }],
    });
    const one = batch.bufferedBytes();
    expect(one).toBeGreaterThan(900);
    await addSet(under(), batch, {
      batches: [
        {
          records: records(
            Array.from({ length: 100 }, (_, i) => `{"r":"${i}"}`),
            100n,
          ),
        },
      ],
    });
    expect(batch.bufferedBytes() - one).toBeGreaterThan(50 * one);
    await batch.discard();
  });
}
