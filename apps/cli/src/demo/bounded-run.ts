import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDomainProducer,
  type DomainProducer,
  type OffsetRange,
} from '@headwater/adapter-domain-client';
import { operationalError, userError } from '@headwater/kernel';
import { readStatuses } from '../command/status.ts';
import type { CommandContext } from '../context.ts';
import type { ControlPlane } from '../control-plane/client.ts';
import type { ConnectionGuide, PipelineStatus } from '../control-plane/types.ts';
import { kafkaSettings } from '../input/kafka-settings.ts';
import { formatCount, formatSeconds } from '../output/format-values.ts';
import { createProgress } from '../output/progress.ts';
import type { DemoProduct } from './demo-event.ts';
import { feed } from './feed.ts';

export interface BoundedRun {
  readonly controlPlane: ControlPlane;
  readonly product: DemoProduct;
  readonly count: number;
  /** Events per second; absent: as fast as the broker takes them. */
  readonly rate?: number;
  readonly seed: number;
  readonly stopped: AbortSignal;
}

/** What was sent and acknowledged, and how long it took until staging had accounted for all of it. */
export interface BoundedOutcome {
  readonly acknowledged: readonly OffsetRange[];
  readonly sent: number;
  readonly seconds: number;
}

/** Sends the events and waits until the lanes have passed every acknowledged offset. */
export async function sendAndAwaitStaging(
  context: CommandContext,
  run: BoundedRun,
  connection: ConnectionGuide,
): Promise<BoundedOutcome> {
  const startedMs = performance.now();
  const producer = await createDomainProducer({
    settings: kafkaSettings(context.environment, connection.bootstrapServers),
    topic: connection.topic,
  });
  try {
    const sent = await sendAll(context, run, producer);
    const acknowledged = producer.acknowledged();
    await awaitStaging(context, run, acknowledged);
    return { acknowledged, sent, seconds: (performance.now() - startedMs) / 1000 };
  } finally {
    await producer.close();
  }
}

/** How many events a bounded run sends; a file has only so many rows. */
export function eventCount({ name, eventsMax }: DemoProduct, events: number | undefined): number {
  const count = events ?? eventsMax;
  if (count !== undefined && count <= (eventsMax ?? Number.MAX_SAFE_INTEGER)) return count;
  throw userError({
    code: 'HW_CLI_EVENTS_OUT_OF_RANGE',
    message:
      count === undefined
        ? `A bounded run of ${name} needs to know how many events to send.`
        : `${name} has ${eventsMax} events, not ${count}.`,
    fix: count === undefined ? 'Add --events N.' : `Use --events ${eventsMax} or fewer.`,
  });
}

async function sendAll(context: CommandContext, run: BoundedRun, producer: DomainProducer): Promise<number> {
  const { terminal, messages } = context;
  const { product, count, seed, rate, stopped } = run;
  terminal.say(messages.demo.producing(formatCount(count), product.qualifiedName));
  const startedMs = performance.now();
  const seconds = () => (performance.now() - startedMs) / 1000;
  const describe = (sent: number) =>
    messages.demo.produced(formatCount(sent), formatSeconds(seconds()), formatCount(sent / seconds()));
  const progress = createProgress(terminal);
  const sent = await feed({
    events: product.events({ seed, from: 0, count, nowMs: Date.now }),
    sender: producer,
    onSent: (acknowledged) => progress(() => describe(acknowledged)),
    stopped,
    ...(rate === undefined ? {} : { rate }),
  });
  terminal.say(describe(sent));
  return sent;
}

const pollMs = 250;
const stallMsMax = 90_000;

/** Gives up when no lane has moved for 90 s. */
async function awaitStaging(
  { terminal, messages }: CommandContext,
  { controlPlane, product, stopped }: BoundedRun,
  acknowledged: readonly OffsetRange[],
): Promise<void> {
  const progress = createProgress(terminal);
  let lastOpen = -1n;
  let movedMs = performance.now();
  while (!stopped.aborted) {
    const [status] = await readStatuses(controlPlane, product.qualifiedName);
    const open = status === undefined ? -1n : openOffsets(status, acknowledged);
    if (open === 0n) return;
    if (open !== lastOpen) movedMs = performance.now();
    lastOpen = open;
    if (performance.now() - movedMs > stallMsMax) throw stalled(product.qualifiedName, status);
    progress(() => messages.demo.waiting(formatCount(open < 0n ? '?' : String(open))));
    await sleep(pollMs, undefined, { signal: stopped }).catch(() => undefined);
  }
}

/** Acknowledged offsets that no lane has passed yet. */
function openOffsets({ lanes }: PipelineStatus, acknowledged: readonly OffsetRange[]): bigint {
  const next = new Map<number, bigint>();
  for (const { partition, nextOffset } of lanes.flatMap(({ partitions }) => partitions)) {
    next.set(partition, BigInt(nextOffset));
  }
  return acknowledged.reduce((open, { partition, from, to }) => {
    const passed = next.get(partition) ?? 0n;
    return passed >= to ? open : open + to - (passed > from ? passed : from);
  }, 0n);
}

const stalled = (product: string, status: PipelineStatus | undefined) =>
  operationalError({
    code: 'HW_DEMO_STAGING_STALLED',
    message: `Staging of ${product} has not moved for ${stallMsMax / 1000} s. ${
      status?.openIncidents[0]?.cause ?? status?.lanes.find(({ error }) => error)?.error?.message ?? ''
    }`.trimEnd(),
    fix: 'See `headwater status` and `headwater incidents list`.',
  });
