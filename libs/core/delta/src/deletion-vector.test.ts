import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';
import { readDeletionVector, type DeletionVectorSource } from './deletion-vector.ts';
import { deletionVectorPath } from './deletion-vector-path.ts';
import { decodeZ85 } from './z85.ts';

const nowhere: DeletionVectorSource = {
  get: () => Promise.resolve(undefined),
  getUrl: () => Promise.resolve(undefined),
};

/** A portable 64-bit bitmap with an array, a run and a bitset container, by hand. */
function portableBitmap(): { bytes: Uint8Array; rows: number[] } {
  const rows = [1, 5, 9];
  const u16 = (...values: number[]) => values.flatMap((v) => [v & 255, v >> 8]);
  const u32 = (...values: number[]) =>
    values.flatMap((v) => [v & 255, (v >> 8) & 255, (v >> 16) & 255, v >>> 24]);
  const bits = new Uint8Array(8192);
  for (let low = 0; low < 65_536; low += 3) {
    bits[low >> 3]! |= 1 << (low & 7);
    rows.push(2 * 65_536 + low);
  }
  for (let low = 100; low <= 200; low++) rows.push(65_536 + low);
  rows.push(2 ** 32 + 7);
  const first = [
    ...u32(12_347 | (2 << 16)),
    0b010,
    ...u16(0, 2, 1, 100, 2, 21_845),
    ...u16(1, 5, 9),
    ...u16(1, 100, 100),
    ...bits,
  ];
  const second = [...u32(12_346, 1), ...u16(0, 0), ...u32(16), ...u16(7)];
  return {
    bytes: Uint8Array.from([...u32(1_681_511_377, 2, 0), ...u32(0), ...first, ...u32(1), ...second]),
    rows,
  };
}

function vectorFile(bitmap: Uint8Array): Uint8Array {
  const file = new Uint8Array(1 + 4 + bitmap.length + 4);
  const view = new DataView(file.buffer);
  file[0] = 1;
  view.setUint32(1, bitmap.length);
  file.set(bitmap, 5);
  view.setUint32(5 + bitmap.length, crc32(bitmap));
  return file;
}

describe('[D16] deletion vectors', () => {
  it("reads the protocol's inline sample, which is in the older native format", async () => {
    const rows = await readDeletionVector(nowhere, {
      storageType: 'i',
      pathOrInlineDv: 'wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L',
      sizeInBytes: 40,
      cardinality: 6,
    });
    expect(Array.from({ length: 40 }, (_, row) => row).filter((row) => rows.has(row))).toEqual([
      3, 4, 7, 11, 18, 29,
    ]);
  });

  it("derives the protocol's sample path, with its random prefix", () => {
    expect(deletionVectorPath('ab^-aqEH.-t@S}K{vb[*k^')).toBe(
      'ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin',
    );
    expect(deletionVectorPath('^-aqEH.-t@S}K{vb[*k^')).toBe(
      'deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin',
    );
    expect(deletionVectorPath('short')).toBeUndefined();
  });

  it('reads array, run and bitset containers beyond 2^32 from a file at an offset', async () => {
    const { bytes, rows } = portableBitmap();
    const file = vectorFile(bytes);
    const source = {
      ...nowhere,
      getUrl: (url: string) => Promise.resolve(url === 'file:///dv 1.bin' ? file : undefined),
    };
    const set = await readDeletionVector(source, {
      storageType: 'p',
      pathOrInlineDv: 'file:///dv%201.bin',
      offset: 1,
      sizeInBytes: bytes.length,
      cardinality: rows.length,
    });
    const wanted = new Set(rows);
    const tested = [...Array.from({ length: 3 * 65_536 }, (_, row) => row), 2 ** 32 + 6, 2 ** 32 + 7];
    expect(tested.filter((row) => set.has(row) !== wanted.has(row))).toEqual([]);
  });

  it.each<[string, (file: Uint8Array) => Uint8Array | undefined, RegExp]>([
    ['a missing file', () => undefined, /deletion_vector_.* is missing/],
    [
      'a flipped bit',
      (file) => file.map((byte, i) => (i === 20 ? byte ^ 1 : byte)),
      /checksum does not match/,
    ],
    ['a cut file', (file) => file.subarray(0, 50), /too short/],
    ['another version', (file) => file.map((byte, i) => (i === 0 ? 2 : byte)), /format version 2/],
  ])('%s is an error, never rows that come back', async (_name, damage, message) => {
    const { bytes, rows } = portableBitmap();
    const source = { ...nowhere, get: () => Promise.resolve(damage(vectorFile(bytes))) };
    const vector = {
      storageType: 'u',
      pathOrInlineDv: '^-aqEH.-t@S}K{vb[*k^',
      offset: 1,
      sizeInBytes: bytes.length,
      cardinality: rows.length,
    };
    await expect(readDeletionVector(source, vector)).rejects.toThrow(message);
    await expect(
      readDeletionVector(
        { ...nowhere, get: () => Promise.resolve(vectorFile(bytes)) },
        { ...vector, cardinality: 1 },
      ),
    ).rejects.toThrow(/names \d+ rows, the log says 1/);
  });
});

it('Z85 is the one of the specification', () => {
  expect(decodeZ85('HelloWorld')).toEqual(Uint8Array.from([0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b]));
  expect(decodeZ85('~~~~~')).toBeUndefined();
});
