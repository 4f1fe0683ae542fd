import { expect, test } from 'vitest';
import type { DemoEvent } from './demo-event.ts';
import { feed, type EventSender } from './feed.ts';

const events = (count: number): DemoEvent[] =>
  Array.from({ length: count }, (_unused, index) => ({ key: 'k', value: String(index) }));

function groupsOf(all: readonly DemoEvent[], size: number): DemoEvent[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_unused, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function collector(): { readonly received: string[]; readonly sender: EventSender } {
  const received: string[] = [];
  const sender: EventSender = {
    send: async ({ value }) => void received.push(value),
    flush: async () => undefined,
    acknowledgedCount: () => received.length,
  };
  return { received, sender };
}

const never = new AbortController().signal;

test.each([
  ['at broker speed', undefined],
  ['at a rate', 50_000],
])('every event is sent once and in order %s', async (_name, rate) => {
  const { received, sender } = collector();
  const told: number[] = [];
  const sent = await feed({
    events: groupsOf(events(10_123), 777),
    sender,
    onSent: (count) => told.push(count),
    stopped: never,
    ...(rate === undefined ? {} : { rate }),
  });
  expect(sent).toBe(10_123);
  expect(told.at(-1)).toBe(10_123);
  expect(received).toEqual(events(10_123).map(({ value }) => value));
});

test('a stopped feed sends nothing more and says what was acknowledged', async () => {
  const { received, sender } = collector();
  const stop = new AbortController();
  const sent = await feed({
    events: groupsOf(events(100_000), 5_000),
    sender,
    onSent: (count) => count >= 10_000 && stop.abort(),
    stopped: stop.signal,
  });
  expect(sent).toBe(received.length);
  expect(sent).toBeLessThan(100_000);
});

test('a failed send ends the feed with its error', async () => {
  const sender = { ...collector().sender, send: () => Promise.reject(new Error('broker is gone')) };
  const fed = feed({ events: [events(10)], sender, onSent: () => undefined, stopped: never });
  await expect(fed).rejects.toThrow('broker is gone');
});
