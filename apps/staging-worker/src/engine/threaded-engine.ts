import type { BatchInput, PipelineSpec, RecordSetEngine } from '@headwater/core-staging';
import { describeError, type Logger } from '@headwater/kernel';
import type { EngineThreadData } from './engine-messages.ts';
import { startEngineWorker, type EngineWorker } from './engine-worker.ts';
import { createRecordSetBuffers } from './record-set-buffers.ts';

export interface ThreadedEngineOptions {
  /** Shown in status and metrics: the engine inside the threads. */
  readonly name: string;
  /** The engine inside the threads that serves a pipeline, and why not a faster one. */
  readonly chosen?: (pipeline: PipelineSpec) => { readonly name: string; readonly why: string | undefined };
  /** Entry of a thread; it serves an engine (serve-engine.ts). */
  readonly entry: URL;
  readonly data: EngineThreadData;
  readonly threadsMax: number;
  /** A thread without an open batch ends after so long. */
  readonly idleMs: number;
  readonly logger: Logger;
  /** Told when a thread has begun or ended. */
  readonly onThreads?: (threads: { readonly running: number; readonly died: number }) => void;
}

export interface ThreadedEngine extends RecordSetEngine {
  /** Starts a thread when there is none: loading it takes longer than taking a lane over. */
  warm(): void;
  /** Threads there are now. */
  threadCount(): number;
}

/** Bytes of buffers kept for the next record sets, over all lanes. */
const IDLE_BYTES_MAX = 32 << 20;

interface Slot {
  readonly worker: EngineWorker;
  /** Lane whose row buffers the thread may still hold. */
  lastLane: string;
  idleTimer: NodeJS.Timeout | undefined;
}

/**
 * A RecordSetEngine whose work is done by a pool of threads: a busy lane has one for itself as long as there are enough,
 * an idle lane has none. A thread that dies fails the batches it held; the next batch gets another thread.
 */
export function createThreadedEngine(options: ThreadedEngineOptions): ThreadedEngine {
  const { threadsMax, logger } = options;
  const buffers = createRecordSetBuffers(IDLE_BYTES_MAX);
  const slots = new Set<Slot>();
  let died = 0;
  const tell = () => options.onThreads?.({ running: slots.size, died });

  const start = (): Slot => {
    const worker = startEngineWorker({
      entry: options.entry,
      data: options.data,
      buffers,
      onDeath(error) {
        clearTimeout(slot.idleTimer);
        if (!slots.delete(slot)) return;
        died++;
        logger.error({ problem: describeError(error) }, 'an engine thread died');
        tell();
      },
    });
    const slot: Slot = { worker, lastLane: '', idleTimer: undefined };
    slots.add(slot);
    tell();
    return slot;
  };
  const restWhenIdle = (slot: Slot): void => {
    clearTimeout(slot.idleTimer);
    slot.idleTimer = setTimeout(() => {
      if (slot.worker.open() > 0) return restWhenIdle(slot);
      slots.delete(slot);
      void slot.worker.close();
      tell();
    }, options.idleMs).unref();
  };
  const choose = ({ pipeline, lane = 0 }: BatchInput): Slot => {
    const key = `${pipeline.pipelineId}/${lane}`;
    const best = chooseSlot([...slots], key);
    const slot = best === undefined || (isBusy(best, key) && slots.size < threadsMax) ? start() : best;
    slot.lastLane = key;
    restWhenIdle(slot);
    return slot;
  };
  return {
    name: options.name,
    nameFor: (pipeline) => options.chosen?.(pipeline).name ?? options.name,
    why: (pipeline) => options.chosen?.(pipeline).why,
    warm() {
      if (slots.size === 0) restWhenIdle(start());
    },
    beginBatch: (input) => choose(input).worker.beginBatch(input),
    threadCount: () => slots.size,
    async close() {
      const ending = [...slots];
      slots.clear();
      for (const { idleTimer } of ending) clearTimeout(idleTimer);
      await Promise.all(ending.map(({ worker }) => worker.close()));
    },
  };
}

/**
 * True when a batch of the lane would wait for another lane there. The batch before it, which is about to land, is no
 * other lane: one lane keeps to one thread and holds the memory of one.
 */
const isBusy = ({ worker, lastLane }: Slot, lane: string): boolean =>
  worker.adding() > 0 || worker.filling() > (lastLane === lane ? 1 : 0);

/** The thread with the fewest batches that fill; of equals the one that has the lane's buffers. */
function chooseSlot(slots: readonly Slot[], lane: string): Slot | undefined {
  const costOf = ({ worker, lastLane }: Slot) =>
    Math.max(0, worker.filling() - (lastLane === lane ? 1 : 0)) * 1_000 +
    worker.adding() * 1_000 +
    worker.open() * 2 -
    (lastLane === lane ? 3 : 0);
  return slots.toSorted((a, b) => costOf(a) - costOf(b))[0];
}
