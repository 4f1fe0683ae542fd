import { expect, test } from 'vitest';
import { compileKernel } from '../../../columnar-kernel/scripts/compile-kernel.mjs';
import { createComparer } from './fuzz/fuzz-kernel.test-data.ts';
import { column, contractOf } from '@headwater/testkit';
import { fuzzKernel } from './fuzz/fuzz-run.test-data.ts';

test('[K1] [K2] [K5] whatever comes in, the kernel’s path says what the judge says, and never more', () => {
  const result = fuzzKernel({ seed: 1, records: 10_000, recordSets: 500 });
  expect(result.examples).toEqual([]);
  expect(result).toMatchObject({ wrong: 0, traps: 0 });
  expect(result.accepted).toBeGreaterThan(5_000);
  expect(result.unproven).toBeLessThan(result.accepted / 3);
  expect(result.memoryBytesMax).toBeLessThan(64 << 20);
});

const contract = contractOf([
  column('n', { kind: 'integer', bits: 32 }),
  column('s', { kind: 'string' }),
  column('day', { kind: 'date' }),
]);
const good = Buffer.from('{"n":1,"s":"twelve bytes","day":"2024-02-29"}');

/** Each deliberate bug of assembly/planted.ts with records that meet it. */
const planted = [
  [1, 'accepts 01', [Buffer.from('{"n":01}')]],
  [2, 'loses the twelfth byte', [good]],
  [3, 'knows 29 February 1900', [Buffer.from('{"day":"1900-02-29"}')]],
  [4, 'misses a name that comes twice', [Buffer.from('{"n":1,"n":2}')]],
  [5, 'takes one row more than a chunk holds', Array.from({ length: 2_100 }, () => good)],
] as const;

for (const [plant, name, records] of planted) {
  test(`[K5] a kernel that ${name} is seen, and the released one is not that kernel`, async () => {
    const module = await WebAssembly.compile(Uint8Array.from(await compileKernel({ planted: plant })));
    expect(createComparer(contract, module).compare([...records]).differences).not.toEqual([]);
    expect(createComparer(contract).compare([...records]).differences).toEqual([]);
  });
}

test('[K5] the fuzz finds each planted bug by itself', async () => {
  for (const plant of [1, 2, 3, 4, 5]) {
    const module = await WebAssembly.compile(Uint8Array.from(await compileKernel({ planted: plant })));
    const { wrong } = fuzzKernel({
      seed: 7,
      records: 60_000,
      recordSets: 0,
      module,
      isOver: (result) => result.wrong > 0,
    });
    expect({ plant, isFound: wrong > 0 }).toEqual({ plant, isFound: true });
  }
}, 120_000);
