import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freeBytes, requireFreeBytes } from './disk-space.ts';

test('too little space is one sentence with both numbers, before anything is written', async () => {
  const folder = join(tmpdir(), 'not/there/yet');
  expect(await freeBytes(folder)).toBeGreaterThan(0);
  await expect(requireFreeBytes(folder, 1e18, 'Fetching kafka')).rejects.toMatchObject({
    code: 'HW_STACK_DISK_FULL',
    message: expect.stringMatching(/Fetching kafka needs 1000000000000 MB below .*, and \d+ MB are free/),
    fix: expect.stringContaining('HEADWATER_CACHE_DIR'),
  });
  await expect(requireFreeBytes(folder, 1, 'Fetching kafka')).resolves.toBeUndefined();
});
