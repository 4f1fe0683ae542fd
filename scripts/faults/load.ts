import {
  createDomainProducer,
  type DomainProducer,
  type DomainRecord,
} from '@headwater/adapter-domain-client';
import type { OffsetRange } from '@headwater/adapter-domain-client';
import type { KafkaSettings } from '@headwater/platform-config';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ad events at a rate that wanders between 82 and 2,000 records a second, a few of them broken. */
export interface Load {
  readonly producedCount: () => number;
  /** What the broker acknowledged. */
  readonly acknowledged: () => readonly OffsetRange[];
  stop(): Promise<void>;
}

const RATE_MIN = 82;
const RATE_MAX = 2_000;
const TICK_MS = 50;
const RATE_HOLD_MS = 4_000;

export function startLoad(settings: KafkaSettings, topic: string, random: () => number): Load {
  let isStopped = false;
  let produced = 0;
  const acknowledged: OffsetRange[] = [];
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const producer = await createDomainProducer({ settings, topic }).catch(() => undefined);
      if (producer === undefined) {
        await sleep(500);
        continue;
      }
      try {
        produced += await produceUntil(producer, random, () => isStopped);
        await producer.close();
      } catch {
        // The broker is away for longer than the client waits. What was acknowledged stays acknowledged.
        await producer.close().catch(() => undefined);
      }
      acknowledged.push(...producer.acknowledged());
    }
  };
  const running = run();
  return {
    producedCount: () => produced,
    acknowledged: () => acknowledged,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

async function produceUntil(
  producer: DomainProducer,
  random: () => number,
  isOver: () => boolean,
): Promise<number> {
  let sent = 0;
  let owed = 0;
  let rate = RATE_MIN;
  let changeAt = 0;
  let lastMs = performance.now();
  while (!isOver()) {
    const nowMs = performance.now();
    if (nowMs >= changeAt) {
      rate = RATE_MIN * (RATE_MAX / RATE_MIN) ** random();
      changeAt = nowMs + RATE_HOLD_MS;
    }
    owed = Math.min(RATE_MAX, owed + ((nowMs - lastMs) / 1000) * rate);
    lastMs = nowMs;
    for (; owed >= 1; owed--) {
      await producer.send(nextEvent(random, sent));
      sent++;
    }
    await sleep(TICK_MS);
  }
  await producer.flush();
  return sent;
}

const BROKEN_SHARE = 0.03;

function nextEvent(random: () => number, index: number): DomainRecord {
  const user = `u${Math.floor(random() * 2_000_000)}`;
  const event = {
    event_id: `${index}-${Math.floor(random() * 2 ** 48).toString(16)}`,
    timestamp: new Date(1_790_000_000_000 + index).toISOString(),
    user_id: user,
    event_type: random() < BROKEN_SHARE ? 'unknown' : 'click',
    revenue: Math.round(random() * 1_000_000) / 1_000_000,
  };
  const text = JSON.stringify(event);
  return { key: user, value: random() < BROKEN_SHARE / 3 ? text.slice(0, 20) : text };
}
