import type { MeshReads } from '@headwater/core-mesh';
import { canonicalJson, type Logger } from '@headwater/kernel';
import { toPipelineStatus, type PipelineStatusModel } from './staging.map.ts';

export const STATUS_FEED = Symbol('status-feed');

/** Tells subscribers when a pipeline's status changes. Postgres is asked once a second per process, not per subscriber. */
export interface StatusFeed {
  /** Every status now, then each one that changes. `pipelineId` narrows it to one. Ends when the caller returns. */
  subscribe(pipelineId: string | undefined): AsyncGenerator<PipelineStatusModel>;
  close(): void;
}

const lookEveryMs = 1_000;
const pipelinesMax = 1_000;
/** A subscriber that does not keep up loses the oldest changes of a pipeline, never the newest. */
const waitingMax = 1_000;

interface Subscriber {
  readonly pipelineId: string | undefined;
  readonly waiting: Map<string, PipelineStatusModel>;
  wake: () => void;
}

export function createStatusFeed(
  reads: Pick<MeshReads, 'pipelines' | 'staging'>,
  logger: Logger,
): StatusFeed {
  const subscribers = new Set<Subscriber>();
  const known = new Map<string, { readonly text: string; readonly status: PipelineStatusModel }>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    const pipelines = await reads.pipelines.living(pipelinesMax);
    const reports = await reads.staging.reports(pipelines.map(({ spec }) => spec.pipelineId));
    const byId = new Map(reports.map((report) => [report.pipelineId, report]));
    const present = new Set(pipelines.map(({ spec }) => spec.pipelineId));
    for (const pipelineId of known.keys()) if (!present.has(pipelineId)) known.delete(pipelineId);
    for (const pipeline of pipelines) {
      const status = toPipelineStatus(pipeline, byId.get(pipeline.spec.pipelineId));
      const text = canonicalJson({ ...status, record: pipeline.spec.generation });
      if (known.get(status.pipelineId)?.text === text) continue;
      known.set(status.pipelineId, { text, status });
      for (const subscriber of subscribers) offer(subscriber, status);
    }
  };
  const tick = async (): Promise<void> => {
    await look().catch((error: unknown) => logger.warn({ error }, 'pipeline status could not be read'));
    timer = subscribers.size === 0 || isClosed ? undefined : setTimeout(() => void tick(), lookEveryMs);
  };

  return {
    async *subscribe(pipelineId) {
      const subscriber: Subscriber = { pipelineId, waiting: new Map(), wake: () => undefined };
      for (const { status } of known.values()) offer(subscriber, status);
      subscribers.add(subscriber);
      timer ??= setTimeout(() => void tick(), 0);
      try {
        while (!isClosed) {
          const [next] = subscriber.waiting.values();
          if (next === undefined) await new Promise<void>((resolve) => (subscriber.wake = resolve));
          else {
            subscriber.waiting.delete(next.pipelineId);
            yield next;
          }
        }
      } finally {
        subscribers.delete(subscriber);
      }
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const { wake } of subscribers) wake();
    },
  };
}

function offer(subscriber: Subscriber, status: PipelineStatusModel): void {
  if (subscriber.pipelineId !== undefined && subscriber.pipelineId !== status.pipelineId) return;
  if (subscriber.waiting.size >= waitingMax && !subscriber.waiting.has(status.pipelineId)) return;
  subscriber.waiting.delete(status.pipelineId);
  subscriber.waiting.set(status.pipelineId, status);
  subscriber.wake();
}
