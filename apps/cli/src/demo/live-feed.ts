import { setTimeout as sleep } from 'node:timers/promises';
import { createDomainProducer } from '@headwater/adapter-domain-client';
import { readStatuses } from '../command/status.ts';
import type { CommandContext } from '../context.ts';
import type { ControlPlane } from '../control-plane/client.ts';
import type { ConnectionGuide } from '../control-plane/types.ts';
import { kafkaSettings } from '../input/kafka-settings.ts';
import { describeFailure } from '../output/failure.ts';
import { formatSeconds } from '../output/format-values.ts';
import { renderGuide } from '../up/guide.ts';
import type { DemoProduct } from './demo-event.ts';
import { feed } from './feed.ts';
import { onboardDemo } from './onboard.ts';

const producerRetryMs = 2_000;

export interface LiveFeedOptions {
  readonly controlPlane: ControlPlane;
  readonly products: readonly DemoProduct[];
  readonly seed: number;
  readonly rate?: number;
  readonly events?: number;
  /** Told how many events of a product are acknowledged. */
  readonly onSent: (product: string, count: number) => void;
  readonly stopped: AbortSignal;
}

/** Onboards the products one after the other and feeds them side by side until stopped or until their events end. */
export async function runLiveFeed(context: CommandContext, options: LiveFeedOptions): Promise<void> {
  const feeds: Promise<void>[] = [];
  for (const product of options.products) {
    if (options.stopped.aborted) break;
    const connection = await onboardWithProgress(context, options.controlPlane, product);
    for (const line of renderGuide(product.qualifiedName, connection, context.messages))
      context.terminal.say(line);
    feeds.push(feedLive(context, options, product, connection));
  }
  await Promise.all(feeds);
}

export async function onboardWithProgress(
  { terminal, messages }: CommandContext,
  controlPlane: ControlPlane,
  product: DemoProduct,
): Promise<ConnectionGuide> {
  const startedMs = performance.now();
  terminal.say(messages.demo.onboarding(product.qualifiedName));
  const connection = await onboardDemo(controlPlane, product, (title) =>
    terminal.say(messages.change.waiting(title)),
  );
  const seconds = formatSeconds((performance.now() - startedMs) / 1000);
  terminal.say(messages.demo.onboarded(product.qualifiedName, seconds));
  return connection;
}

/** A broker that is away for long ends the producer; a new one goes on behind what was acknowledged. */
async function feedLive(
  context: CommandContext,
  options: LiveFeedOptions,
  product: DemoProduct,
  connection: ConnectionGuide,
): Promise<void> {
  const { controlPlane, events, onSent, stopped } = options;
  const staged = await alreadyStaged(controlPlane, product.qualifiedName);
  const left = Math.max(0, (product.eventsMax ?? Number.MAX_SAFE_INTEGER) - staged);
  const wanted = Math.min(left, events ?? left);
  let sent = 0;
  while (!stopped.aborted && sent < wanted) {
    const base = sent;
    const range = { from: staged + base, count: wanted - base };
    try {
      await feedOnce(context, options, { product, connection, ...range }, (count) => {
        sent = base + count;
        onSent(product.qualifiedName, sent);
      });
    } catch (error) {
      context.terminal.say(describeFailure(error, context.messages));
      await sleep(producerRetryMs, undefined, { signal: stopped }).catch(() => undefined);
    }
  }
}

interface FedRange {
  readonly product: DemoProduct;
  readonly connection: ConnectionGuide;
  readonly from: number;
  readonly count: number;
}

async function feedOnce(
  { environment }: CommandContext,
  { seed, rate, stopped }: LiveFeedOptions,
  { product, connection, from, count }: FedRange,
  onSent: (count: number) => void,
): Promise<void> {
  const producer = await createDomainProducer({
    settings: kafkaSettings(environment, connection.bootstrapServers),
    topic: connection.topic,
  });
  try {
    await feed({
      events: product.events({ seed, from, count, nowMs: Date.now }),
      sender: producer,
      rate: rate ?? product.liveRate,
      onSent,
      stopped,
    });
  } finally {
    await producer.close();
  }
}

/** Where an earlier run stopped: a product that is real data is not sent twice. */
async function alreadyStaged(controlPlane: ControlPlane, product: string): Promise<number> {
  const [status] = await readStatuses(controlPlane, product);
  return Number(status?.ledger.offsets ?? 0);
}
