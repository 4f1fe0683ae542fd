import type { BatchInput, RecordSetBatch } from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { EngineAnswer, EngineEnd, EngineRequest, EngineThreadData } from './engine-messages.ts';
import { toError } from './engine-problem.ts';
import type { RecordSetBuffers } from './record-set-buffers.ts';

/** One engine thread, seen from the main thread. */
export interface EngineWorker {
  beginBatch(input: BatchInput): Promise<RecordSetBatch>;
  /** Batches that are filling, and batches that are open at all. */
  filling(): number;
  open(): number;
  /** Record sets on their way or being read now. */
  adding(): number;
  /** Ends the thread behind the step it is at; what it holds is lost. */
  close(): Promise<void>;
}

export interface EngineWorkerOptions {
  /** The entry of the thread. */
  readonly entry: URL;
  readonly data: EngineThreadData;
  readonly buffers: RecordSetBuffers;
  /** Called once when the thread has ended without being closed; every open batch of it has failed by then. */
  readonly onDeath: (error: Error) => void;
}

interface Waiting {
  resolve(answer: Extract<EngineAnswer, { kind: 'done' }>): void;
  reject(error: Error): void;
}

/** More JavaScript heap than this is a leak: the thread ends with an error instead of taking the process along. */
const HEAP_MIB_MAX = 1024;
/** It may have a file to finish. */
const ENDS_WITHIN_MS = 10_000;
/** The hot path makes few objects: a large nursery would only hold memory. */
const YOUNG_MIB_MAX = 24;

export function startEngineWorker({ entry, data, buffers, onDeath }: EngineWorkerOptions): EngineWorker {
  const thread = startThread(entry, data);
  const ended = new Promise<void>((resolve) => void thread.once('exit', () => resolve()));
  // A process that has nothing else to do may end.
  thread.unref();
  const waiting = new Map<number, Waiting>();
  const open = new Set<number>();
  const filling = new Set<number>();
  let dead: Error | undefined;
  let ids = 0;

  const end = (cause: string): Error => {
    dead = threadDied(cause);
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
    open.clear();
    filling.clear();
    return dead;
  };
  const die = (cause: string): void => {
    if (dead === undefined) onDeath(end(cause));
  };
  thread.on('message', (answer: EngineAnswer) => {
    if (answer.buffer !== undefined) buffers.giveBack(answer.buffer);
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) thread.unref();
    if (answer.kind === 'done') asked?.resolve(answer);
    else asked?.reject(toError(answer.problem));
  });
  thread.on('messageerror', (error) => die(error.message));
  thread.on('error', (error) => die(error instanceof Error ? error.message : String(error)));
  thread.on('exit', (code) => die(`it ended with code ${code}`));

  const ask = (request: EngineRequest): ReturnType<Asking> => {
    if (dead !== undefined) return Promise.reject(dead);
    return new Promise((resolve, reject) => {
      waiting.set(request.id, { resolve, reject });
      thread.ref();
      thread.postMessage(request, request.verb === 'add' ? [request.buffer] : []);
    });
  };
  const counted = countAdds(ask);
  return {
    async beginBatch(input) {
      const batch = ++ids;
      open.add(batch);
      filling.add(batch);
      const begun = createBatch({ batch, ask: counted.ask, nextId: () => ++ids, buffers }, (isOver) => {
        filling.delete(batch);
        if (isOver) open.delete(batch);
      });
      try {
        await ask({ id: ++ids, batch, verb: 'begin', input });
      } catch (error) {
        await begun.discard();
        throw error;
      }
      return begun;
    },
    adding: counted.adding,
    filling: () => filling.size,
    open: () => open.size,
    async close() {
      if (dead === undefined) end('it was closed');
      await endThread(thread, ended);
    },
  };
}

/** Asks the thread to end, and leaves one that does not in time to the end of the process. */
async function endThread(thread: Worker, ended: Promise<void>): Promise<void> {
  thread.ref();
  thread.postMessage({ verb: 'end' } satisfies EngineEnd);
  const patience = new AbortController();
  await Promise.race([ended, sleep(ENDS_WITHIN_MS, undefined, patience).catch(() => undefined)]);
  patience.abort();
  thread.unref();
}

const startThread = (entry: URL, data: EngineThreadData): Worker =>
  new Worker(entry, {
    workerData: data,
    name: 'engine',
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX, maxYoungGenerationSizeMb: YOUNG_MIB_MAX },
  });

/** Asks on, and knows how many adds are on their way. */
function countAdds(ask: Asking): { readonly ask: Asking; readonly adding: () => number } {
  let adding = 0;
  return {
    adding: () => adding,
    async ask(request) {
      if (request.verb !== 'add') return ask(request);
      adding++;
      try {
        return await ask(request);
      } finally {
        adding--;
      }
    },
  };
}

type Asking = (request: EngineRequest) => Promise<Extract<EngineAnswer, { kind: 'done' }>>;

interface BatchTools {
  readonly batch: number;
  readonly ask: Asking;
  readonly nextId: () => number;
  readonly buffers: RecordSetBuffers;
}

/** The batch as the lane sees it. `leave` is told when it no longer fills, and when it is over. */
function createBatch(
  { batch, ask, nextId, buffers }: BatchTools,
  leave: (isOver: boolean) => void,
): RecordSetBatch {
  let bufferedBytes = 0;
  let isOver = false;
  return {
    async add({ recordSet, ...input }) {
      // What is on its way counts: the budget is kept before the thread has looked at it.
      bufferedBytes += recordSet.length;
      const buffer = buffers.carry(recordSet);
      const answer = await ask({ id: nextId(), batch, verb: 'add', input, buffer, length: recordSet.length });
      bufferedBytes = answer.bufferedBytes;
      return answer.report!;
    },
    bufferedBytes: () => bufferedBytes,
    async land(scratchFolder) {
      leave(false);
      return (await ask({ id: nextId(), batch, verb: 'land', scratchFolder })).outputs!;
    },
    async discard() {
      if (isOver) return;
      isOver = true;
      leave(true);
      // A thread that died has dropped it already.
      await ask({ id: nextId(), batch, verb: 'discard' }).catch(() => undefined);
    },
  };
}

const threadDied = (cause: string) =>
  operationalError({
    code: 'HW_STAGING_ENGINE_THREAD_DIED',
    message: `An engine thread is no more: ${cause}.`,
    fix: 'Nothing of the batch was landed; the lane starts over from the log with another thread. Report it when it comes again.',
    canRetry: true,
  });
