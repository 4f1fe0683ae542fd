import { expect, test } from 'vitest';
import { createTakeoverGate } from './takeover-gate.ts';

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a few are inside at a time, in the order they came; leaving twice lets in one', async () => {
  const gate = createTakeoverGate(2);
  const entered: number[] = [];
  const ways: (() => void)[] = [];
  for (let index = 0; index < 5; index++) {
    void gate.enter(never).then((leave) => {
      entered.push(index);
      ways[index] = leave!;
    });
  }
  await settled();
  expect([entered, gate.inside(), gate.waiting()]).toEqual([[0, 1], 2, 3]);
  ways[1]!();
  ways[1]!();
  await settled();
  expect([entered, gate.inside(), gate.waiting()]).toEqual([[0, 1, 2], 2, 2]);
});

test('who gives up while waiting never enters, and takes no place', async () => {
  const gate = createTakeoverGate(1);
  const leave = await gate.enter(never);
  const given = new AbortController();
  const gaveUp = gate.enter(given.signal);
  const patient = gate.enter(never);
  given.abort();
  expect(await gaveUp).toBeUndefined();
  leave!();
  expect(await patient).toBeTypeOf('function');
  expect(gate.inside()).toBe(1);
});
