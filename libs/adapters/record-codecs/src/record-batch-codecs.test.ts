import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import * as fc from 'fast-check';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { recordBatchCodecs } from './record-batch-codecs.ts';
import { lz4FrameLength } from './lz4-frame.ts';

const { crc32c, decompress } = recordBatchCodecs;

const xerial = (bytes: Buffer, blockSize = 32_768): Buffer => {
  const parts: Buffer[] = [
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
  ];
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = snappyCompress(bytes.subarray(at, at + blockSize));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
};

const encoders = [
  ['gzip', 'gzip', (bytes: Buffer) => gzipSync(bytes)],
  ['snappy', 'snappy blocks', snappyCompress],
  ['snappy', 'snappy in xerial framing', (bytes: Buffer) => xerial(bytes)],
  ['lz4', 'lz4 frames', lz4Compress],
  ['zstd', 'zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
] as const;

const compressible = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 400 })), { maxLength: 12 })
  .map((runs) => Buffer.concat(runs.flatMap(([bytes, times]) => Array<Uint8Array>(times).fill(bytes))));

test.each(encoders)('%s: %s come back byte for byte, up to exactly the limit', (type, _, encode) => {
  fc.assert(
    fc.property(compressible, (bytes) => {
      const decoded = decompress(type, encode(bytes), bytes.length + 1);
      expect(Buffer.from(decoded).equals(bytes)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test.each(encoders)('%s: %s that would grow past the limit are refused', (type, _, encode) => {
  const bomb = encode(Buffer.alloc(8 << 20));
  expect(() => decompress(type, bomb, 1 << 20)).toThrow();
  expect(decompress(type, bomb, 8 << 20).length).toBe(8 << 20);
});

test.each(encoders)(
  '%s: %s that were cut or changed throw and the next ones still come back',
  (type, _, encode) => {
    const whole = encode(Buffer.from('{"a":1}'.repeat(500)));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const damaged = Buffer.from(isCut ? whole.subarray(0, at) : whole);
        if (!isCut) damaged[at] = byte;
        try {
          decompress(type, damaged, 1 << 20);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        expect(decompress(type, whole, 1 << 20).length).toBe(3_500);
      }),
      { numRuns: 200 },
    );
  },
);

test('the length of an lz4 frame is exact when the bound by its blocks is above the limit', () => {
  const bytes = Buffer.from(Array.from({ length: 30_000 }, (_, index) => `${index % 977},`).join(''));
  expect(lz4FrameLength(lz4Compress(bytes), bytes.length)).toBe(bytes.length);
  expect(lz4FrameLength(lz4Compress(bytes), 1 << 26)).toBeGreaterThanOrEqual(bytes.length);
});

test('crc32c is the Castagnoli checksum', () => {
  // Check value of the CRC catalogue for "123456789".
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});
