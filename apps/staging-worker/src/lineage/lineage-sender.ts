import {
  toFailEvent,
  toRunEvents,
  type LineageSettings,
  type LineageStore,
  type LineageWork,
} from '@headwater/core-staging';
import { describeError, type Logger } from '@headwater/kernel';
import type { Metrics } from '@headwater/platform-observability';
import { sleep } from '../lane/lane-world.ts';
import type { LineageTransport } from './lineage-transport.ts';

export interface LineageSenderOptions {
  readonly store: LineageStore;
  readonly transport: LineageTransport;
  readonly settings: LineageSettings & { readonly intervalMs: number };
  readonly tools: { readonly logger: Logger; readonly metrics: Metrics };
}

/** Longest a process may hold a lane's cursor without telling. */
const CLAIM_MS = 60_000;
/** Commits in one run at most. */
const BATCHES_MAX = 1_000;
const WAIT_MS_MAX = 60_000;

export const createLineageMetrics = (metrics: Metrics) =>
  metrics.counter('lineage_events_total', 'OpenLineage events, by what became of them.', ['outcome']);

/**
 * Tells lineage what the ledger says, every interval, beside staging and never in its way: what a receiver does not take
 * stays in the ledger and is told later.
 */
export function startLineageSender({ store, transport, settings, tools }: LineageSenderOptions) {
  const { logger, metrics } = tools;
  const events = createLineageMetrics(metrics);
  const stopping = new AbortController();
  let failures = 0;
  const tellOne = async (): Promise<boolean> => {
    const work = await store.claim(CLAIM_MS, BATCHES_MAX);
    if (work === undefined) return false;
    const told = toEvents(settings, work);
    try {
      await transport.send(told);
      await store.advance(work);
      events.add(told.length, { outcome: 'sent' });
      failures = 0;
      return true;
    } catch (error) {
      failures += 1;
      events.add(told.length, { outcome: 'failed' });
      const waitMs = Math.min(WAIT_MS_MAX, settings.intervalMs * 2 ** Math.min(failures, 10));
      logger.warn({ waitMs, problem: describeError(error) }, 'lineage was not taken; it is told again later');
      await store.giveBack(work, waitMs);
      return false;
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        while (!stopping.signal.aborted && (await tellOne()));
      } catch (error) {
        logger.warn({ problem: describeError(error) }, 'lineage could not look at the ledger');
      }
      await sleep(settings.intervalMs, stopping.signal);
    }
  })();
  return {
    async close(): Promise<void> {
      stopping.abort();
      await running;
      await transport.close();
    },
  };
}

const toEvents = (settings: LineageSettings, { pipeline, lane, batches, incidents }: LineageWork) => [
  ...toRunEvents(settings, { pipeline, lane, batches }),
  ...incidents.map((incident) => toFailEvent(settings, { pipeline, ...incident })),
];
