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

test('what a burst left behind goes, what is used again and again stays', () => {
  let now = 0;
  const buffers = createRecordSetBuffers(100 * SIZE, () => now);
  const burst = [1, 2, 3, 4].map(() => buffers.carry(new Uint8Array(SIZE)));
  for (const buffer of burst) buffers.giveBack(buffer);
  const used = burst[3]!;
  for (now = 0; now <= 21_000; now += 1_000) {
    expect(buffers.carry(new Uint8Array(SIZE))).toBe(used);
    buffers.giveBack(used);
  }
  expect(buffers.idleBytes()).toBe(SIZE);
});
