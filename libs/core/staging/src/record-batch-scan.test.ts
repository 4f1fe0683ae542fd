import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeadwaterError } from '@headwater/kernel';
import { createRecordSetScanner } from './record-batch-scan.ts';
import { recordHeaders, recordKey, recordOffset, recordValue } from './record-batch-records.ts';
import { wholeBatchesLength } from './record-batch.ts';
import type { RecordBatchCodecs } from './record-batch.ts';
import type { AbortedTransaction } from './record-source.ts';

// An encoder written from the protocol's text, sharing nothing with the scan.
interface ModelRecord {
  offset: bigint;
  timestampMs: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: readonly { key: string; value: Buffer | null }[];
}
interface ModelBatch {
  baseOffset: bigint;
  lastOffset: bigint;
  baseTimestampMs: number;
  appendTimestampMs?: number;
  compression: 0 | 1 | 4;
  transactional: boolean;
  control: 'none' | 'abort' | 'commit';
  producerId: bigint;
  epoch: number;
  records: readonly ModelRecord[];
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});
const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
};
const varint = (value: bigint): Buffer => {
  let raw = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  while (raw >= 0x80n) {
    bytes.push(Number(raw & 0x7fn) | 0x80);
    raw >>= 7n;
  }
  return Buffer.from([...bytes, Number(raw)]);
};
const sized = (bytes: Buffer | null): Buffer =>
  bytes === null ? varint(-1n) : Buffer.concat([varint(BigInt(bytes.length)), bytes]);

function encodeRecord(batch: ModelBatch, record: ModelRecord): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(BigInt(record.timestampMs) - BigInt(batch.baseTimestampMs)),
    varint(record.offset - batch.baseOffset),
    sized(record.key),
    sized(record.value),
    varint(BigInt(record.headers.length)),
    ...record.headers.flatMap((header) => [sized(Buffer.from(header.key)), sized(header.value)]),
  ]);
  return Buffer.concat([varint(BigInt(body.length)), body]);
}

function encodeBatch(batch: ModelBatch): Buffer {
  const plain = Buffer.concat(batch.records.map((record) => encodeRecord(batch, record)));
  const records =
    batch.compression === 0 ? plain : batch.compression === 1 ? gzipSync(plain) : zstdCompressSync(plain);
  const bytes = Buffer.alloc(61 + records.length);
  const attributes =
    batch.compression |
    (batch.appendTimestampMs === undefined ? 0 : 8) |
    (batch.transactional ? 16 : 0) |
    (batch.control === 'none' ? 0 : 32);
  bytes.writeBigInt64BE(batch.baseOffset, 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt32BE(batch.epoch, 12);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(attributes, 21);
  bytes.writeInt32BE(Number(batch.lastOffset - batch.baseOffset), 23);
  bytes.writeBigInt64BE(BigInt(batch.baseTimestampMs), 27);
  bytes.writeBigInt64BE(BigInt(batch.appendTimestampMs ?? batch.baseTimestampMs), 35);
  bytes.writeBigInt64BE(batch.producerId, 43);
  bytes.writeInt16BE(0, 51);
  bytes.writeInt32BE(0, 53);
  bytes.writeInt32BE(batch.records.length, 57);
  records.copy(bytes, 61);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

const codecs: RecordBatchCodecs = {
  crc32c,
  decompress: (type, bytes, maxOutputLength) => {
    if (type === 'gzip') return gunzipSync(bytes, { maxOutputLength });
    if (type === 'zstd') return zstdDecompressSync(bytes, { maxOutputLength });
    throw new Error(`no ${type} here`);
  },
};
const scanner = createRecordSetScanner({ codecs, batchBytesMax: 1 << 20 });

interface Seen {
  offset: bigint;
  timestampMs: number;
  key: string | null;
  value: string | null;
  headers: readonly { key: string; value: string | null }[];
}
const hex = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('hex');

function scan(recordSet: Uint8Array, from: bigint, to: bigint, aborted: readonly AbortedTransaction[] = []) {
  const seen: Seen[] = [];
  const take = (record: Parameters<typeof recordOffset>[0]) => {
    seen.push({
      offset: recordOffset(record),
      timestampMs: record.timestampMs,
      key: hex(recordKey(record)),
      value: hex(recordValue(record)),
      headers: recordHeaders(record).map((header) => ({
        key: Buffer.from(header.key).toString(),
        value: hex(header.value),
      })),
    });
  };
  const report = scanner.scan(
    'orders',
    { partition: 3, recordSet, from, to, aborted },
    {
      record: take,
      tombstone: take,
    },
  );
  return { seen, report };
}

// A log as a broker may hold it: batches with gaps between and inside them, interleaved producers, transactions.
interface ModelLog {
  batches: ModelBatch[];
  aborted: AbortedTransaction[];
  abortedOffsets: Set<bigint>;
  end: bigint;
}
const bytesOf = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const stepArbitrary = fc.record({
  gapBefore: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 })),
  emptyTail: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 5 })),
  kind: fc.constantFrom('plain', 'transactional', 'transactional', 'abort', 'commit'),
  producer: fc.integer({ min: 0, max: 2 }),
  compression: fc.constantFrom<0 | 1 | 4>(0, 1, 4),
  isLogAppendTime: fc.boolean(),
  baseTimestampMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  epoch: fc.integer({ min: 0, max: 9 }),
  records: fc.array(
    fc.record({
      skip: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 300 })),
      delta: fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
      key: fc.option(bytesOf(9)),
      value: fc.option(bytesOf(200), { freq: 6 }),
      headers: fc.array(fc.record({ key: fc.string({ maxLength: 6 }), value: fc.option(bytesOf(6)) }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 8 },
  ),
});
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

const open = (producerId: bigint, log: ModelLog, running: Map<bigint, bigint[]>): bigint[] => {
  const offsets = running.get(producerId) ?? [];
  running.set(producerId, offsets);
  if (offsets.length === 0) offsets.push(log.end);
  return offsets;
};

function addStep(log: ModelLog, running: Map<bigint, bigint[]>, step: Step): void {
  const producerId = BigInt(1000 + step.producer);
  log.end += BigInt(step.gapBefore);
  const common = {
    producerId,
    epoch: step.epoch,
    baseOffset: log.end,
    baseTimestampMs: step.baseTimestampMs,
  };
  if (step.kind === 'abort' || step.kind === 'commit') {
    const offsets = running.get(producerId);
    if (offsets === undefined) return;
    if (step.kind === 'abort') {
      log.aborted.push({ producerId, firstOffset: offsets[0]! });
      for (const offset of offsets.slice(1)) log.abortedOffsets.add(offset);
    }
    running.delete(producerId);
    const key = Buffer.from([0, 0, 0, step.kind === 'abort' ? 0 : 1]);
    log.batches.push({
      ...common,
      lastOffset: log.end,
      compression: 0,
      transactional: true,
      control: step.kind,
      records: [
        { offset: log.end, timestampMs: step.baseTimestampMs, key, value: Buffer.alloc(6), headers: [] },
      ],
    });
    log.end += 1n;
    return;
  }
  const offsets = step.kind === 'transactional' ? open(producerId, log, running) : [];
  let next = log.end;
  const records = step.records.map(({ skip, delta, ...record }) => {
    const offset = next + BigInt(skip);
    next = offset + 1n;
    offsets.push(offset);
    return {
      ...record,
      offset,
      timestampMs: step.isLogAppendTime ? step.baseTimestampMs : step.baseTimestampMs + delta,
    };
  });
  const lastOffset = next + BigInt(step.emptyTail) - (records.length + step.emptyTail === 0 ? 0n : 1n);
  log.batches.push({
    ...common,
    lastOffset,
    compression: step.compression,
    ...(step.isLogAppendTime ? { appendTimestampMs: step.baseTimestampMs } : {}),
    transactional: step.kind === 'transactional',
    control: 'none',
    records,
  });
  log.end = lastOffset + 1n;
}

const logArbitrary = fc.array(stepArbitrary, { minLength: 1, maxLength: 12 }).map((steps) => {
  const log: ModelLog = { batches: [], aborted: [], abortedOffsets: new Set(), end: 0n };
  const running = new Map<bigint, bigint[]>();
  for (const step of steps) addStep(log, running, step);
  const lastBatch = log.batches.at(-1);
  log.end = lastBatch === undefined ? 0n : lastBatch.lastOffset + 1n;
  return { ...log, recordSet: Buffer.concat(log.batches.map(encodeBatch)) };
});

const expectedSeen = (log: ModelLog, from: bigint, to: bigint): Seen[] =>
  log.batches
    .filter((batch) => batch.control === 'none')
    .flatMap((batch) => batch.records)
    .filter(({ offset }) => offset >= from && offset < to && !log.abortedOffsets.has(offset))
    .map((record) => ({
      offset: record.offset,
      timestampMs: record.timestampMs,
      key: hex(record.key),
      value: hex(record.value),
      headers: record.headers.map((header) => ({ key: header.key, value: hex(header.value) })),
    }));

function expectedClasses(log: ModelLog, from: bigint, to: bigint) {
  const within = (batch: ModelBatch) =>
    batch.records.filter(({ offset }) => offset >= from && offset < to).map(({ offset }) => offset);
  const control = log.batches.filter((batch) => batch.control !== 'none').flatMap(within).length;
  const data = log.batches.filter((batch) => batch.control === 'none').flatMap(within);
  const seen = expectedSeen(log, from, to);
  return {
    control: BigInt(control),
    aborted: BigInt(data.filter((offset) => log.abortedOffsets.has(offset)).length),
    tombstones: BigInt(seen.filter(({ value }) => value === null).length),
    records: BigInt(seen.filter(({ value }) => value !== null).length),
    absent: to - from - BigInt(control + data.length),
  };
}

const cut = (log: ModelLog, a: number, b: number): [bigint, bigint] => {
  const points = [a, b].map((share) => BigInt(Math.floor(share * (Number(log.end) + 1))));
  return points[0]! <= points[1]! ? [points[0]!, points[1]!] : [points[1]!, points[0]!];
};
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('scan of a record set', () => {
  test('[S10] every offset of any [from, to) is in exactly one class, and every committed record is seen exactly', () => {
    fc.assert(
      fc.property(logArbitrary, share, share, (log, a, b) => {
        const [from, cutTo] = cut(log, a, b);
        const to = cutTo > log.end ? log.end : cutTo;
        if (from > to) return;
        const { seen, report } = scan(log.recordSet, from, to, log.aborted);
        expect(seen).toEqual(expectedSeen(log, from, to));
        expect(report.nextOffset).toBe(to);
        expect(report).toMatchObject(expectedClasses(log, from, to));
      }),
      { numRuns: 400 },
    );
  });

  test('[S8] two scans that meet in the middle of a batch see what one scan sees', () => {
    fc.assert(
      fc.property(logArbitrary, share, (log, middle) => {
        const [split] = cut(log, middle, middle);
        if (split > log.end) return;
        const whole = scan(log.recordSet, 0n, log.end, log.aborted);
        const left = scan(log.recordSet, 0n, split, log.aborted);
        const right = scan(log.recordSet, left.report.nextOffset, log.end, log.aborted);
        expect([...left.seen, ...right.seen]).toEqual(whole.seen);
      }),
      { numRuns: 200 },
    );
  });

  test('a record set cut anywhere yields exactly its whole batches', () => {
    fc.assert(
      fc.property(logArbitrary, share, (log, where) => {
        const bytes = log.recordSet.subarray(0, Math.floor(where * log.recordSet.length));
        const { seen, report } = scan(bytes, 0n, log.end, log.aborted);
        expect(seen).toEqual(expectedSeen(log, 0n, report.nextOffset));
        expect(report.nextOffset).toBeLessThanOrEqual(log.end);
        expect(scan(bytes.subarray(0, wholeBatchesLength(bytes)), 0n, log.end, log.aborted).seen).toEqual(
          seen,
        );
      }),
      { numRuns: 200 },
    );
  });

  test('a flipped bit under the checksum is an error with coordinates, never another row', () => {
    fc.assert(
      fc.property(logArbitrary, fc.nat(), fc.nat(7), fc.nat(), (log, at, bit, pick) => {
        if (log.batches.length === 0) return;
        const index = pick % log.batches.length;
        const before = log.batches.slice(0, index).map(encodeBatch);
        const damaged = encodeBatch(log.batches[index]!);
        damaged[17 + (at % (damaged.length - 17))]! ^= 1 << bit;
        const recordSet = Buffer.concat([...before, damaged]);
        expect(() => scan(recordSet, 0n, log.end, log.aborted)).toThrow(
          expect.objectContaining({
            kind: 'operational',
            code: 'HW_KAFKA_BATCH_MALFORMED',
            path: `orders[3]@${log.batches[index]!.baseOffset}`,
          }),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('arbitrary bytes, and batches whose checksum was made to fit, never crash the scan nor unbalance it', () => {
    fc.assert(
      fc.property(
        logArbitrary,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (log, edits) => {
          const batches = log.batches.map(encodeBatch);
          for (const [where, byte] of edits) {
            const batch = batches[where % Math.max(batches.length, 1)];
            if (batch === undefined) return;
            batch[where % batch.length] = byte;
            batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
          }
          try {
            const { report } = scan(Buffer.concat(batches), 0n, log.end, log.aborted);
            const { records, tombstones, control, aborted, absent } = report;
            expect(records + tombstones + control + aborted + absent).toBe(report.nextOffset);
            expect(absent).toBeGreaterThanOrEqual(0n);
          } catch (error) {
            if (!(error instanceof HeadwaterError)) throw error;
            expect(error.code).toBe('HW_KAFKA_BATCH_MALFORMED');
          }
        },
      ),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(scan(bytes, 0n, 1000n).seen).toEqual([]);
        } catch (error) {
          expect(error).toBeInstanceOf(HeadwaterError);
        }
      }),
    );
  });
});

const plainBatch = (value: Buffer, compression: 0 | 1 | 4): Buffer =>
  encodeBatch({
    baseOffset: 7n,
    lastOffset: 7n,
    baseTimestampMs: 1,
    compression,
    transactional: false,
    control: 'none',
    producerId: -1n,
    epoch: 5,
    records: [{ offset: 7n, timestampMs: 1, key: null, value, headers: [] }],
  });

test('a batch that would decompress past the limit is refused with its coordinates', () => {
  const recordSet = plainBatch(Buffer.alloc((1 << 20) + 1), 1);
  expect(() => scan(recordSet, 7n, 8n)).toThrow(/orders\[3\]@7.*gzip/);
});

test('a batch of another format is refused by name', () => {
  const recordSet = plainBatch(Buffer.from('x'), 0);
  recordSet[16] = 1;
  expect(() => scan(recordSet, 7n, 8n)).toThrow(/its format is 1/);
});

test('[S8] the report carries the leader epoch that the next fetch is checked with', () => {
  expect(scan(plainBatch(Buffer.from('x'), 0), 7n, 8n).report).toMatchObject({
    nextOffset: 8n,
    leaderEpoch: 5,
    firstOffset: 7n,
    lastOffset: 7n,
  });
});

test('a range that ends before the first batch is absent as a whole', () => {
  expect(scan(plainBatch(Buffer.from('x'), 0), 2n, 5n).report).toMatchObject({ nextOffset: 5n, absent: 3n });
});
