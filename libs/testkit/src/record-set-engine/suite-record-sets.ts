import { column, contractOf } from '../compiled-contract.ts';
import { expect, test } from 'vitest';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  addSet,
  beginBatch,
  land,
  landInFolder,
  pipelineOf,
  records,
  type EngineUnderTest,
} from './engine-under-test.ts';
import { encodeRecordBatch } from './record-batch-encoder.ts';

const contract = contractOf([column('id', { kind: 'integer', bits: 64 })]);
const ids = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `{"id":${from + index}}`);
const offsetsOf = async (under: EngineUnderTest, files: readonly string[]) =>
  (await under.select(files, 'select _offset::varchar as o from rows order by _offset')).map(({ o }) =>
    BigInt(String(o)),
  );

export function recordSetTests(under: () => EngineUnderTest): void {
  const compressions = [
    ['none', undefined],
    ['gzip', 1],
    ['snappy', 2],
    ['lz4', 3],
    ['zstd', 4],
  ] as const;
  for (const [name, attribute] of compressions) {
    test(`record batches compressed with ${name} are read`, async () => {
      const { compress } = under();
      const bytes = {
        gzip: gzipSync,
        zstd: zstdCompressSync,
        snappy: compress.snappy,
        lz4: compress.lz4,
        none: undefined,
      }[name];
      const batch = {
        records: records(ids(0, 500)),
        ...(attribute === undefined || bytes === undefined ? {} : { compress: { attribute, bytes } }),
      };
      const { primary } = await land(under(), pipelineOf(contract), [{ batches: [batch] }]);
      expect(primary.map((file) => file.records)).toEqual([500]);
    });
  }

  test('[S10] tombstones are counted and make no row', async () => {
    const { reports, primary, counts } = await land(under(), pipelineOf(contract), [
      { batches: [{ records: records(['{"id":1}', null, '{"id":2}', null]) }] },
    ]);
    expect(reports).toMatchObject([{ records: 2n, tombstones: 2n, absent: 0n, nextOffset: 4n }]);
    expect(primary.map((file) => file.records)).toEqual([2]);
    expect(counts.get(0)).toEqual({ landed: 2n, quarantined: 0n });
  });

  test('[S10] offsets that compaction removed are absent, inside batches and between them', async () => {
    const kept = records(ids(0, 10), 100n).filter((_, index) => index === 2 || index === 5);
    const { reports, primaryFiles } = await land(under(), pipelineOf(contract), [
      {
        from: 90n,
        batches: [
          { records: kept, baseOffset: 100n, lastOffset: 109n },
          { records: records(ids(0, 2), 120n), lastOffset: 124n },
        ],
      },
    ]);
    expect(reports).toMatchObject([
      { records: 4n, absent: 31n, nextOffset: 125n, firstOffset: 102n, lastOffset: 121n },
    ]);
    expect(await offsetsOf(under(), primaryFiles)).toEqual([102n, 105n, 120n, 121n]);
  });

  test('[S10] records of aborted transactions and control records land nowhere and are counted', async () => {
    const transaction = { producerId: 7n };
    const { reports, primaryFiles } = await land(under(), pipelineOf(contract), [
      {
        aborted: [{ producerId: 7n, firstOffset: 2n }],
        batches: [
          { records: records(ids(0, 2), 0n) },
          { records: records(ids(2, 3), 2n), transaction },
          { records: records(ids(5, 1), 5n) },
          { records: [], baseOffset: 6n, lastOffset: 6n, transaction: { producerId: 7n, control: 'abort' } },
          { records: records(ids(7, 2), 7n), transaction },
          { records: [], baseOffset: 9n, lastOffset: 9n, transaction: { producerId: 7n, control: 'commit' } },
        ],
      },
    ]);
    expect(reports).toMatchObject([{ records: 5n, aborted: 3n, control: 2n, absent: 0n, nextOffset: 10n }]);
    expect(await offsetsOf(under(), primaryFiles)).toEqual([0n, 1n, 5n, 7n, 8n]);
  });

  test('[S2] only [from, to) of a record set is taken, and sets that meet inside a batch lose and repeat nothing', async () => {
    const batches = [{ records: records(ids(0, 10), 50n) }];
    const { reports, primaryFiles } = await land(under(), pipelineOf(contract), [
      { batches, from: 52n, to: 55n },
      { batches, from: 55n, to: 58n },
    ]);
    expect(reports.map(({ nextOffset }) => nextOffset)).toEqual([55n, 58n]);
    expect(await offsetsOf(under(), primaryFiles)).toEqual([52n, 53n, 54n, 55n, 56n, 57n]);
  });

  test('offsets beyond 2^53 and records without a usable time keep their place', async () => {
    const offset = 9_007_199_254_740_993n;
    const odd = records(['{"id":1}', '{"id":2}', '{"id":3}'], offset).map((record, index) => ({
      ...record,
      timestampMs: [1_790_000_000_000, -1, 8_999_999_999_999_999][index]!,
    }));
    const { primaryFiles } = await land(under(), pipelineOf(contract), [{ batches: [{ records: odd }] }]);
    const rows = await under().select(
      primaryFiles,
      'select _offset::varchar as o, epoch_ms(_timestamp)::varchar as t from rows order by _offset',
    );
    expect(rows).toEqual([
      { o: String(offset), t: '1790000000000' },
      { o: String(offset + 1n), t: null },
      { o: String(offset + 2n), t: null },
    ]);
  });

  test('a damaged record batch throws with its coordinates, and the batch can still be discarded', async () => {
    const batch = await beginBatch(under(), pipelineOf(contract));
    await addSet(under(), batch, { batches: [{ records: records(ids(0, 3)) }] });
    const recordSet = encodeRecordBatch({ records: records(ids(3, 3), 3n) }, under().crc32c);
    recordSet[70] = recordSet[70]! ^ 1;
    const set = { partition: 5, recordSet, from: 3n, to: 100n, aborted: [] };
    await expect(batch.add(set)).rejects.toThrow(
      expect.objectContaining({ path: "suite.it's a topic[5]@3" }) as Error,
    );
    await batch.discard();
    await batch.discard();
  });

  test('the bytes of a record set may be used again as soon as it was added', async () => {
    const pipeline = pipelineOf(
      contractOf([column('text', { kind: 'string' }), column('tags', { kind: 'json' })]),
    );
    const text = (id: number) => `a text that no engine keeps in sixteen bytes, ${id}`;
    const batch = await beginBatch(under(), pipeline);
    for (const id of [0, 1]) {
      const value = JSON.stringify({ text: text(id), tags: [text(id)] });
      const recordSet = encodeRecordBatch({ records: records([value], BigInt(id)) }, under().crc32c);
      await batch.add({ partition: 0, recordSet, from: BigInt(id), to: 100n, aborted: [] });
      recordSet.fill(0x78);
    }
    const { primaryFiles } = await landInFolder(batch);
    const rows = await under().select(primaryFiles, 'select text, tags from rows order by _offset');
    expect(rows).toEqual([0, 1].map((id) => ({ text: text(id), tags: JSON.stringify([text(id)]) })));
  });

  test('a record set cut in the middle of a batch ends before it', async () => {
    const recordSet = Buffer.concat([
      encodeRecordBatch({ records: records(ids(0, 3)) }, under().crc32c),
      encodeRecordBatch({ records: records(ids(3, 3), 3n) }, under().crc32c).subarray(0, 80),
    ]);
    const batch = await beginBatch(under(), pipelineOf(contract));
    const report = await batch.add({ partition: 0, recordSet, from: 0n, to: 100n, aborted: [] });
    expect(report).toMatchObject({ nextOffset: 3n, records: 3n });
    expect((await landInFolder(batch)).primary.map((file) => file.records)).toEqual([3]);
  });
}
