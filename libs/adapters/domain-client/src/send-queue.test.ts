import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSendQueue } from './send-queue.ts';

test('everything pushed is sent once, in order, in batches no larger than the bound', async () => {
  const sent: number[][] = [];
  const queue = createSendQueue<number>({ batchMax: 3, send: async (items) => void sent.push(items) });
  for (let item = 0; item < 8; item++) queue.push(item);
  await queue.shrinkBelow(1);
  expect(sent.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(Math.max(...sent.map((items) => items.length))).toBe(3);
});

test('one batch is under way at a time', async () => {
  let underWay = 0;
  let most = 0;
  const queue = createSendQueue<number>({
    batchMax: 1,
    async send() {
      most = Math.max(most, ++underWay);
      await turn();
      underWay--;
    },
  });
  for (let item = 0; item < 5; item++) queue.push(item);
  await queue.shrinkBelow(1);
  expect(most).toBe(1);
});

test('a push after a wake that found nothing is sent', async () => {
  const sent: number[] = [];
  const queue = createSendQueue<number>({ batchMax: 9, send: async (items) => void sent.push(...items) });
  queue.push(1);
  // Sent in this very turn, so that the wake scheduled by the push finds nothing.
  await queue.shrinkBelow(1);
  await turn();
  queue.push(2);
  await turn();
  await turn();
  expect(sent).toEqual([1, 2]);
  await queue.shrinkBelow(1);
});

test('after a failed batch nothing more is sent and every call throws the failure', async () => {
  let calls = 0;
  const queue = createSendQueue<number>({
    batchMax: 1,
    async send() {
      calls++;
      throw new Error('refused');
    },
  });
  queue.push(1);
  queue.push(2);
  await expect(queue.shrinkBelow(1)).rejects.toThrow('refused');
  expect(() => queue.push(3)).toThrow('refused');
  expect(calls).toBe(1);
});
