import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteBudget } from './byte-budget.ts';

const MIB = 1 << 20;
const limits = { processBytes: 64 * MIB, laneBytes: 32 * MIB, floorBytes: MIB / 4 };

test('[S11] all lanes together never hold more than the process may, whatever they ask for and in whichever order', () => {
  const step = fc.record({
    lane: fc.nat({ max: 11 }),
    appetite: fc.double({ min: 0, max: 1, noNaN: true }),
    ends: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const budget = createByteBudget(limits, () => 12);
      for (const { lane, appetite, ends } of steps) {
        const key = String(lane);
        if (ends) budget.forget(key);
        else budget.note(key, Math.floor(budget.limit(key, appetite > 0.2) * appetite));
        expect(budget.total()).toBeLessThanOrEqual(limits.processBytes);
      }
    }),
  );
});

test('[S11] one busy lane among hundreds of idle ones borrows what they do not use', () => {
  const budget = createByteBudget({ ...limits, processBytes: 512 * MIB, laneBytes: 192 * MIB }, () => 500);
  expect(budget.limit('busy', false)).toBe(limits.floorBytes);
  budget.note('busy', 1_000);
  expect(budget.limit('busy', true)).toBe(192 * MIB);
  expect(budget.limit('idle', false)).toBe(limits.floorBytes);
});

test('[S11] lanes that are busy together get equal parts, and the floor is never taken from anybody', () => {
  const budget = createByteBudget(limits, () => 4);
  const pool = limits.processBytes - 4 * limits.floorBytes;
  budget.note('a', 30 * MIB);
  expect(budget.limit('b', true)).toBe(limits.floorBytes + pool / 2);
  budget.note('b', MIB);
  expect(budget.limit('a', true)).toBe(limits.floorBytes + pool / 2);
  budget.note('c', MIB);
  budget.note('d', MIB);
  // What is lent already is not lent twice; the part of each shrinks as its batches land.
  budget.note('a', 10 * MIB);
  expect(budget.limit('a', true)).toBe(limits.floorBytes + pool / 4);
  expect(budget.limit('d', true)).toBe(limits.floorBytes + pool / 4);
  expect(budget.limit('e', false)).toBe(limits.floorBytes);
});

test('[S11] a lane that is gone gives its bytes back', () => {
  const budget = createByteBudget(limits, () => 2);
  budget.note('a', 20 * MIB);
  budget.forget('a');
  budget.forget('a');
  expect(budget.total()).toBe(0);
});
