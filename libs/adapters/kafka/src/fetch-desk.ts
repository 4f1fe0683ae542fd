import type { FetchRequest, PartitionFetch } from '@headwater/core-staging';
import { noRecords } from './fetch-answer.ts';
import { createDeadlines } from './fetch-deadlines.ts';
import { isAbandoned, recordBytes } from './fetch-interest.ts';
import type { Interest, Waiter } from './fetch-interest.ts';
import { partitionKey } from './fetch-session.ts';
import type { PartitionViews } from './partition-view.ts';
import type { RecordSetBuffers } from './record-set-buffers.ts';

/**
 * Where calls of lanes and answers of brokers meet. A call ends with the first answers for any of its positions, whichever
 * broker they came from; what arrives between two calls is parked for the next one.
 */
export interface FetchDesk {
  /** Answers of the call; `claimed` gets the positions that are to be fetched. */
  ask(request: FetchRequest, claimed: (interest: Interest) => void): Promise<readonly PartitionFetch[]>;
  /** Ends the interest. Its calls end at the next `flush`, so that they get all of one broker's answer. */
  deliver(interest: Interest, answer: PartitionFetch): void;
  /** Ends the interest and fails its calls. */
  fail(interest: Interest, error: Error): void;
  flush(): void;
  /** True while the interest waits for an answer. */
  isOpen(interest: Interest): boolean;
  /** True while it may be fetched; one that nobody asked for any more is dropped. */
  isWanted(interest: Interest, nowMs: number): boolean;
  /** True when no more may be fetched ahead of the calls. */
  isParkingFull(): boolean;
  open(): Iterable<Interest>;
  /** Every call ends with what it has. */
  close(): void;
}

const PARKED_BYTES_MAX = 32 << 20;
const PARKING_FULL_AT = 8 << 20;

interface Desk {
  readonly views: PartitionViews;
  readonly buffers: RecordSetBuffers;
  readonly interests: Map<string, Interest>;
  readonly ready: Set<Waiter>;
  parkedBytes: number;
  deliveries: number;
}

export function createFetchDesk(views: PartitionViews, buffers: RecordSetBuffers): FetchDesk {
  const desk: Desk = {
    views,
    buffers,
    interests: new Map(),
    ready: new Set(),
    parkedBytes: 0,
    deliveries: 0,
  };
  const deadlines = createDeadlines<Waiter>((waiter) => end(waiter));
  return {
    ask: (request, claimed) =>
      new Promise((resolve, reject) => {
        const { bytesMax, waitMsMax } = request;
        const waiter: Waiter = { bytesMax, interests: [], answers: [], bytes: 0, resolve, reject };
        claimAll(desk, waiter, request, claimed);
        if (waiter.answers.length > 0) return end(waiter);
        deadlines.add(waiter, waitMsMax);
      }),
    deliver: (interest, answer) => deliver(desk, interest, answer),
    fail(interest, error) {
      remove(desk, interest);
      for (const waiter of [...interest.waiters]) {
        leave(waiter);
        waiter.reject(error);
      }
    },
    flush() {
      for (const waiter of desk.ready) end(waiter);
      desk.ready.clear();
    },
    isOpen: (interest) => interest.parked === undefined && desk.interests.get(keyOf(interest)) === interest,
    isWanted(interest, nowMs) {
      if (!isAbandoned(interest, nowMs)) return true;
      remove(desk, interest);
      return false;
    },
    isParkingFull: () => desk.parkedBytes >= PARKING_FULL_AT,
    open: () => desk.interests.values(),
    close() {
      deadlines.clear();
      for (const { waiters } of desk.interests.values()) for (const waiter of [...waiters]) end(waiter);
    },
  };
}

type Position = Pick<Interest, 'topicId' | 'partition' | 'offset' | 'lastFetchedEpoch'>;

const keyOf = (position: Position): string =>
  `${partitionKey(position)}/${position.offset}/${position.lastFetchedEpoch}`;

function claimAll(
  desk: Desk,
  waiter: Waiter,
  request: FetchRequest,
  claimed: (interest: Interest) => void,
): void {
  const nowMs = performance.now();
  for (const position of request.positions) {
    const key = keyOf({ ...position, topicId: request.topicId });
    const interest = desk.interests.get(key) ?? newInterest(desk, request, position);
    interest.claimedAtMs = nowMs;
    interest.bytesMax = request.bytesMax;
    if (takeParked(desk, waiter, interest)) continue;
    desk.interests.set(key, interest);
    interest.waiters.add(waiter);
    waiter.interests.push(interest);
    if (interest.parked === undefined) claimed(interest);
  }
}

const newInterest = (
  { views }: Desk,
  { topic, topicId, bytesMax }: FetchRequest,
  position: FetchRequest['positions'][number],
): Interest => ({
  topic,
  topicId,
  ...position,
  bytesMax,
  view: views.of(partitionKey({ topicId, partition: position.partition })),
  waiters: new Set(),
  claimedAtMs: 0,
  parked: undefined,
  problem: undefined,
});

function takeParked(desk: Desk, waiter: Waiter, interest: Interest): boolean {
  const { parked } = interest;
  if (parked === undefined || !fits(waiter, parked)) return false;
  give(waiter, parked);
  desk.interests.delete(keyOf(interest));
  desk.parkedBytes -= recordBytes(parked);
  interest.parked = undefined;
  return true;
}

const fits = ({ answers, bytes, bytesMax }: Waiter, answer: PartitionFetch): boolean =>
  answers.length === 0 || bytes + recordBytes(answer) <= bytesMax;

function give(waiter: Waiter, answer: PartitionFetch): void {
  waiter.answers.push(answer);
  waiter.bytes += recordBytes(answer);
}

function deliver(desk: Desk, interest: Interest, answer: PartitionFetch): void {
  const bytes = recordBytes(answer);
  if (bytes > 0) interest.view.servedAt = ++desk.deliveries;
  const takers = [...interest.waiters].filter((waiter) => fits(waiter, answer));
  for (const [index, waiter] of takers.entries()) {
    // A lane may give its bytes away, so no two lanes get the same ones.
    give(waiter, index === 0 ? answer : copyOf(answer));
    desk.ready.add(waiter);
  }
  if (takers.length > 0 || desk.parkedBytes + bytes > PARKED_BYTES_MAX) {
    if (takers.length === 0 && answer.kind === 'records') desk.buffers.release(answer.recordSet);
    desk.interests.delete(keyOf(interest));
    return;
  }
  interest.parked = answer;
  desk.parkedBytes += bytes;
}

const copyOf = (answer: PartitionFetch): PartitionFetch =>
  answer.kind === 'records' ? { ...answer, recordSet: answer.recordSet.slice() } : answer;

function remove(desk: Desk, interest: Interest): void {
  desk.interests.delete(keyOf(interest));
  const { parked } = interest;
  if (parked === undefined) return;
  desk.parkedBytes -= recordBytes(parked);
  if (parked.kind === 'records') desk.buffers.release(parked.recordSet);
  interest.parked = undefined;
}

function leave(waiter: Waiter): void {
  for (const { waiters } of waiter.interests) waiters.delete(waiter);
}

/** Ends the call. Without an answer it tells how every partition stands. */
function end(waiter: Waiter): void {
  leave(waiter);
  waiter.resolve(waiter.answers.length > 0 ? waiter.answers : waiter.interests.flatMap(standing));
}

function standing({ partition, offset, problem, view }: Interest): readonly PartitionFetch[] {
  if (problem !== undefined) return [{ kind: 'retry', partition, cause: problem }];
  const { lastStableOffset, highWatermark, logStartOffset } = view;
  if (lastStableOffset === undefined || offset < lastStableOffset) return [];
  const offsets = { highWatermark, lastStableOffset, logStartOffset };
  return [{ kind: 'records', partition, recordSet: noRecords, ...offsets, aborted: [] }];
}
