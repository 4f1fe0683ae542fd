import { expect, test } from 'vitest';
import { encodeKeptRecords, type KeptRecord } from './record-batch-encode.ts';
import { recordHeaders, recordKey, recordOffset, recordValue } from './record-batch-records.ts';
import { createRecordSetScanner } from './record-batch-scan.ts';

const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
};
const text = (words: string) => new TextEncoder().encode(words);

test('kept records are read back by the scan as they were: offsets with gaps, times, keys, headers, no value', () => {
  const kept: readonly KeptRecord[] = [
    {
      offset: 9_007_199_254_740_993n,
      timestampMs: 1_700_000_000_000,
      key: text('k'),
      value: text('{"a":1}'),
      headers: [{ key: text('h'), value: null }],
    },
    {
      offset: 9_007_199_254_740_999n,
      timestampMs: 1_600_000_000_000,
      key: null,
      value: text(''),
      headers: [],
    },
    {
      offset: 9_007_199_255_740_999n,
      timestampMs: -1,
      key: text(''),
      value: text('x'.repeat(5_000)),
      headers: [],
    },
  ];
  const scanner = createRecordSetScanner({
    codecs: { crc32c, decompress: () => new Uint8Array() },
    batchBytesMax: 1 << 20,
  });
  const seen: KeptRecord[] = [];
  const report = scanner.scan(
    'orders',
    {
      partition: 0,
      recordSet: encodeKeptRecords(kept, crc32c),
      from: kept[0]!.offset,
      to: kept[2]!.offset + 1n,
      aborted: [],
    },
    {
      record: (record) =>
        void seen.push({
          offset: recordOffset(record),
          timestampMs: record.timestampMs,
          key: copy(recordKey(record)),
          value: copy(recordValue(record)),
          headers: recordHeaders(record).map(({ key, value }) => ({ key: key.slice(), value: copy(value) })),
        }),
    },
  );
  expect(seen).toEqual(kept);
  expect(report).toMatchObject({ records: 3n, nextOffset: kept[2]!.offset + 1n });
});

const copy = (bytes: Uint8Array | null): Uint8Array | null => (bytes === null ? null : bytes.slice());

test('no record makes no batch', () => expect(encodeKeptRecords([], crc32c)).toHaveLength(0));
