import { expect, test } from 'vitest';
import { createBlockPool, createChunkArena, createColumnarKernel, readChunk } from './index.ts';
import type { KernelColumn, KernelProgram } from './index.ts';
import { hashBytes } from './hash-bytes.ts';
import { kernelModule, startKernel } from './kernel-module.ts';
import { TABLE_BYTES } from './layout.ts';

const column = (source: string, type: KernelColumn['type']): KernelColumn => ({
  source,
  type,
  isRequired: false,
  isGuarded: false,
});
const int64 = {
  kind: 'whole',
  width: 8,
  scale: 0,
  least: -(2n ** 63n),
  most: 2n ** 63n - 1n,
  step: 0n,
  choices: undefined,
} as const;
const text = {
  kind: 'text',
  lengthMin: 0,
  lengthMax: Infinity,
  words: undefined,
  patterns: [],
  refusesEmpty: false,
} as const;
const program = (columns: readonly KernelColumn[]): KernelProgram => ({
  columns,
  unknownIsDoubt: false,
  valueBytesMax: 1 << 20,
  schemaIds: [],
});

/** Records without keys and headers, at offsets 0, 1, 2, ... */
function plainRecords(values: readonly string[]): Buffer {
  const varint = (value: number): Buffer => {
    let raw = value < 0 ? -2 * value - 1 : 2 * value;
    const bytes: number[] = [];
    for (; raw > 127; raw = Math.floor(raw / 128)) bytes.push((raw % 128) | 128);
    return Buffer.from([...bytes, raw]);
  };
  return Buffer.concat(
    values.map((value, index) => {
      const bytes = Buffer.from(value);
      const body = Buffer.concat([
        Buffer.from([0]),
        varint(0),
        varint(index),
        varint(-1),
        varint(bytes.length),
        bytes,
        varint(0),
      ]);
      return Buffer.concat([varint(body.length), body]);
    }),
  );
}

function read(columns: readonly KernelColumn[], values: readonly string[]) {
  const kernel = createColumnarKernel(program(columns));
  const arena = createChunkArena(createBlockPool(0));
  kernel.loadPlain(plainRecords(values));
  kernel.begin({
    recordsCount: values.length,
    baseOffset: 0n,
    lastOffsetDelta: Math.max(0, values.length - 1),
    timeMs: 5n,
    isLogAppendTime: false,
    lowestDelta: 0,
    endDelta: 0x8000_0000,
  });
  const rows: unknown[][] = [];
  const doubts: string[] = [];
  const take = () => {
    for (const row of readChunk(kernel.columns, kernel.takeChunk(arena), kernel.dictionaryCells)) {
      rows.push([...row.values]);
    }
  };
  for (let step = kernel.step(); step !== 'finished'; step = kernel.step()) {
    if (step === 'full') take();
    else if (step === 'doubt') {
      const { bytes, valueStart, valueEnd } = kernel.record();
      doubts.push(Buffer.from(bytes.subarray(valueStart, valueEnd)).toString());
    } else throw new Error(step);
  }
  take();
  return { rows, doubts };
}

test('records become columns, and what cannot be proven comes back as it was', () => {
  const { rows, doubts } = read(
    [column('n', int64), column('s', text)],
    ['{"n":1,"s":"a"}', '{"n":01}', ' { "s" : "\\u00e9" , "n" : -2e3 } ', '{"x":[1,{"y":2}]}', '[]', ''],
  );
  expect(rows).toEqual([
    [1n, 'a'],
    [-2000n, 'é'],
    [null, null],
  ]);
  expect(doubts).toEqual(['{"n":01}', '[]', '']);
});

test('[K8] a chunk never has more than 2,048 rows, and none is lost at its edge', () => {
  const values = Array.from({ length: 5_000 }, (_, index) => `{"n":${index}}`);
  const { rows } = read([column('n', int64)], values);
  expect(rows.map(([n]) => n)).toEqual(values.map((_, index) => BigInt(index)));
});

test('a text that outgrows the heap ends the chunk, one that no heap holds is a doubt', () => {
  const long = 'x'.repeat(300_000);
  const { rows, doubts } = read(
    [column('s', text)],
    [...Array.from({ length: 8 }, () => `{"s":"${long}"}`), `{"s":"${'y'.repeat(1 << 20)}"}`],
  );
  expect(rows).toHaveLength(8);
  expect(doubts).toHaveLength(1);
});

test('CRC32C of the check value, and of any cut of it, is that of the standard', () => {
  const wasm = startKernel(kernelModule());
  wasm.memory.grow(8);
  wasm.prepare(65_536, 65_536 + TABLE_BYTES, 16, 0);
  const at = 300_000;
  const check = Buffer.from('123456789');
  new Uint8Array(wasm.memory.buffer).set(check, at);
  expect(wasm.crc32c(at, at + 9) >>> 0).toBe(0xe3069283);
  const zeros = 32;
  new Uint8Array(wasm.memory.buffer).fill(0, at, at + zeros);
  expect(wasm.crc32c(at, at + zeros) >>> 0).toBe(0x8a9136aa);
});

test('the hash of names is the one the module computes', () => {
  const wasm = startKernel(kernelModule());
  wasm.memory.grow(8);
  for (const name of ['', 'a', 'région', 'a name of more than sixteen bytes']) {
    const bytes = new TextEncoder().encode(name);
    new Uint8Array(wasm.memory.buffer).set(bytes, 100_000);
    expect(wasm.hashBytes(100_000, bytes.length) >>> 0).toBe(hashBytes(bytes));
  }
});

test('blocks of one batch serve the next, up to the bytes that may wait', () => {
  const pool = createBlockPool(8 << 20);
  const arena = createChunkArena(pool);
  const first = arena.reserve(100).block;
  arena.reserve(5 << 20);
  arena.release();
  expect(pool.idleBytes()).toBe(4 << 20);
  expect(createChunkArena(pool).reserve(1).block.buffer).toBe(first.buffer);
});
