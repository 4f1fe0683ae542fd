import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoEvent } from './demo-event.ts';

/** Sends records to one topic; bounds what is not acknowledged yet by making `send` wait. */
export interface EventSender {
  send(event: DemoEvent): Promise<void>;
  /** Waits until everything is acknowledged. */
  flush(): Promise<void>;
  acknowledgedCount(): number;
}

export interface FeedOptions {
  readonly events: AsyncIterable<readonly DemoEvent[]> | Iterable<readonly DemoEvent[]>;
  readonly sender: EventSender;
  /** Events per second; absent: as fast as the broker acknowledges. */
  readonly rate?: number;
  /** Told how many events are acknowledged so far. */
  readonly onSent: (count: number) => void;
  /** Ends the feed after the events in flight. */
  readonly stopped: AbortSignal;
}

const batchSize = 2_000;
const tickMs = 50;

/** Sends all events in order, keeping the rate, and resolves how many were acknowledged. */
export async function feed({ events, sender, rate, onSent, stopped }: FeedOptions): Promise<number> {
  const reader = readEvents(events);
  const startedMs = performance.now();
  let taken = 0;
  try {
    while (!stopped.aborted) {
      const due = rate === undefined ? batchSize : dueNow(rate, performance.now() - startedMs) - taken;
      const batch = due < 1 ? undefined : await reader.take(Math.min(due, batchSize));
      if (batch?.length === 0) break;
      taken += batch?.length ?? 0;
      for (const event of batch ?? []) await sender.send(event);
      onSent(sender.acknowledgedCount());
      if (due < batchSize) await sleep(tickMs, undefined, { signal: stopped }).catch(() => undefined);
    }
    await sender.flush();
    onSent(sender.acknowledgedCount());
    return sender.acknowledgedCount();
  } finally {
    await reader.close();
  }
}

/** Events that should have been sent after this long. The first one is due at once. */
const dueNow = (rate: number, elapsedMs: number): number => Math.floor((rate * elapsedMs) / 1000) + 1;

interface EventReader {
  /** The next events, fewer only at the end. */
  take(count: number): Promise<readonly DemoEvent[]>;
  close(): Promise<void>;
}

function readEvents(groups: FeedOptions['events']): EventReader {
  const source = Symbol.asyncIterator in groups ? groups[Symbol.asyncIterator]() : groups[Symbol.iterator]();
  let group: readonly DemoEvent[] = [];
  let at = 0;
  return {
    async take(count) {
      const taken: DemoEvent[] = [];
      while (taken.length < count) {
        if (at === group.length) {
          const next = await source.next();
          if (next.done === true) break;
          group = next.value;
          at = 0;
        }
        const piece = group.slice(at, at + count - taken.length);
        at += piece.length;
        taken.push(...piece);
      }
      return taken;
    },
    close: async () => void (await source.return?.()),
  };
}
