import { expect, test } from 'vitest';
import { createRecordSetBuffers } from './record-set-buffers.ts';

const SIZE = 1 << 20;

test('a buffer that came back is used again, up to the bytes that may wait', () => {
  const buffers = createRecordSetBuffers(2 * SIZE);
  const [first, ...others] = [1, 2, 3].map(() => buffers.carry(new Uint8Array(SIZE)));
  for (const buffer of [first!, ...others]) buffers.giveBack(buffer);
  expect(buffers.idleBytes()).toBe(2 * SIZE);
  expect(buffers.carry(new Uint8Array(SIZE - 5))).toBe(others[0]);
  expect(buffers.idleBytes()).toBe(SIZE);
});
