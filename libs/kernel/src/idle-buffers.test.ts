import { expect, test } from 'vitest';
import { createIdleBuffers } from './idle-buffers.ts';

test('the smallest that fits is taken, of equal ones the one that came back last', () => {
  const idle = createIdleBuffers({ bytesMax: 1_000, nowMs: () => 0 });
  const [large, first, last, small] = [400, 200, 200, 50].map((bytes) => new ArrayBuffer(bytes));
  for (const buffer of [large!, first!, last!, small!, last!]) idle.give(buffer);
  expect(idle.bytes()).toBe(850);
  expect(idle.take(100, 1_000)).toBe(last);
  expect(idle.take(100, 1_000)).toBe(first);
  expect(idle.take(100, 300)).toBeUndefined();
  expect(idle.take(100, 400)).toBe(large);
  expect(idle.bytes()).toBe(50);
});

test('no more bytes and no more buffers than agreed are kept', () => {
  const idle = createIdleBuffers({ bytesMax: 100, countMax: 2, nowMs: () => 0 });
  for (const bytes of [60, 50, 10, 10]) idle.give(new ArrayBuffer(bytes));
  expect(idle.bytes()).toBe(70);
});

test('what a burst left behind goes, what is used again and again stays', () => {
  let now = 0;
  const idle = createIdleBuffers({ bytesMax: 1_000, nowMs: () => now });
  const burst = [1, 2, 3, 4].map(() => new ArrayBuffer(100));
  for (const buffer of burst) idle.give(buffer);
  for (now = 0; now <= 21_000; now += 1_000) {
    expect(idle.take(100, 100)).toBe(burst[3]);
    idle.give(burst[3]!);
  }
  expect(idle.bytes()).toBe(100);
});
