import {
  addLoss,
  addReport,
  faultPoint,
  FETCH_BYTES_MAX,
  findFirstGap,
  judgeAbsent,
  judgeFetch,
  openAccount,
  type FetchRequest,
  type IncidentFacts,
  type IntentRange,
  type OffsetGap,
  type PartitionAccount,
  type PartitionFetch,
  type PipelineSpec,
  type RecordSetBatch,
  type SourceTopic,
} from '@headwater/core-staging';
import { operationalError } from '@headwater/kernel';
import { createBatchPhases, type BatchPhases } from '../batch-phases.ts';
import { nowUs, type LaneWorld } from './lane-world.ts';

/** A batch that is being filled: what the engine holds, and the account of every partition it reads. */
export interface Fill {
  readonly pipeline: PipelineSpec;
  readonly batchId: string;
  readonly lane: number;
  readonly phases: BatchPhases;
  readonly accounts: Map<number, PartitionAccount>;
  /** Last stable offset per partition, as of the answer that was taken last. */
  readonly lastStableOffsets: Map<number, bigint>;
  /** When the batch was opened, or as its intent says; undefined until then. */
  ingestedAtUs: bigint | undefined;
  /** Held from the first record set on: an idle lane costs the engine nothing. */
  batch: RecordSetBatch | undefined;
  /** Monotonic milliseconds when the first offset arrived. */
  firstArrivalMs: number | undefined;
  /** Monotonic milliseconds when offsets arrived last. */
  lastArrivalMs: number | undefined;
}

/** What the lane has learned about a partition from fetch answers; outlives the batch. */
export interface PartitionView {
  highWatermark: bigint;
  lastStableOffset: bigint;
}

export interface FillStart {
  readonly batchId: string;
  /** 0 when it is left out. */
  readonly lane?: number;
  /** From an intent; a new batch takes the time of its first record set. */
  readonly ingestedAtUs?: bigint;
  /** Where each partition begins, and the epoch it was read with. */
  readonly positions: Iterable<{
    readonly partition: number;
    readonly from: bigint;
    readonly leaderEpoch: number;
  }>;
}

export function beginFill(pipeline: PipelineSpec, start: FillStart): Fill {
  const accounts = new Map<number, PartitionAccount>();
  for (const { partition, from, leaderEpoch } of start.positions) {
    accounts.set(partition, openAccount(partition, from, leaderEpoch));
  }
  return {
    pipeline,
    batchId: start.batchId,
    lane: start.lane ?? 0,
    phases: createBatchPhases(),
    accounts,
    lastStableOffsets: new Map(),
    ingestedAtUs: start.ingestedAtUs,
    batch: undefined,
    firstArrivalMs: undefined,
    lastArrivalMs: undefined,
  };
}

/** The engine's batch, begun at the first call. */
export async function openBatch(world: LaneWorld, fill: Fill): Promise<RecordSetBatch> {
  const { pipeline, batchId, lane } = fill;
  fill.ingestedAtUs ??= nowUs(world);
  const ingestedAtUs = fill.ingestedAtUs;
  fill.batch ??= await world.engine.beginBatch({ pipeline, batchId, ingestedAtUs, lane });
  return fill.batch;
}

export const discardFill = async (fill: Fill): Promise<void> => void (await fill.batch?.discard());
export const bufferedBytes = (fill: Fill): number => fill.batch?.bufferedBytes() ?? 0;

/** What came of one round of fetching. `describe`: the topic must be looked at again before the next round. */
export type RoundEnd =
  | { readonly kind: 'taken'; readonly records: number; readonly bytes: number }
  | { readonly kind: 'idle' }
  | { readonly kind: 'retry'; readonly cause: string }
  | { readonly kind: 'describe' }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts };

export interface Round {
  readonly topic: SourceTopic;
  readonly bytesMax: number;
  readonly waitMsMax: number;
  /** Where each partition ends at most; without an entry it ends at its last stable offset. */
  readonly until?: ReadonlyMap<number, bigint>;
  readonly views: Map<number, PartitionView>;
}

/** Fetches once for every partition that is not at its end, and takes what comes into the batch. */
export const fillOnce = async (world: LaneWorld, fill: Fill, round: Round): Promise<RoundEnd> =>
  takeAnswers(world, fill, round, await askForRecords(world, fill, round));

/** The answers to one round of fetching; they stay good as long as the positions do not move. */
export const askForRecords = (
  world: LaneWorld,
  fill: Fill,
  round: Round,
): Promise<readonly PartitionFetch[]> => world.source.fetch(toRequest(fill, round));

export async function takeAnswers(
  world: LaneWorld,
  fill: Fill,
  round: Round,
  answers: readonly PartitionFetch[],
): Promise<RoundEnd> {
  if (__HEADWATER_FAULTS__) await faultPoint('poll.after');
  let records = 0;
  let bytes = 0;
  let retry: string | undefined;
  for (const answer of answers) {
    const account = fill.accounts.get(answer.partition);
    if (account === undefined) continue;
    const verdict = judgeFetch(fill.pipeline.topic, account.nextOffset, answer);
    if (verdict.kind === 'incident' || verdict.kind === 'describe') return verdict;
    if (verdict.kind === 'retry') retry = verdict.cause;
    if (answer.kind !== 'records') continue;
    const taken = await takeAnswer(world, fill, round, account, answer);
    if (taken.kind === 'incident') return taken;
    records += taken.records;
    bytes += answer.recordSet.length;
    // The judge is synchronous: let leases be renewed and other lanes run between partitions.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (__HEADWATER_FAULTS__ && records > 0) await faultPoint('buffer.after');
  if (records > 0 || bytes > 0) return { kind: 'taken', records, bytes };
  return retry === undefined ? { kind: 'idle' } : { kind: 'retry', cause: retry };
}

function toRequest(fill: Fill, { bytesMax, waitMsMax, until }: Round): FetchRequest {
  const positions = [...fill.accounts.values()].filter(
    ({ partition, nextOffset }) => until === undefined || nextOffset < (until.get(partition) ?? 0n),
  );
  return {
    topic: fill.pipeline.topic,
    topicId: fill.pipeline.topicId,
    positions: positions.map(({ partition, nextOffset, leaderEpoch }) => ({
      partition,
      offset: nextOffset,
      lastFetchedEpoch: leaderEpoch,
    })),
    bytesMax,
    waitMsMax,
  };
}

type Taken =
  | { readonly kind: 'taken'; readonly records: number }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts };

async function takeAnswer(
  world: LaneWorld,
  fill: Fill,
  { topic, until, views }: Round,
  account: PartitionAccount,
  answer: Extract<PartitionFetch, { kind: 'records' }>,
): Promise<Taken> {
  const { partition, recordSet, lastStableOffset, highWatermark } = answer;
  views.set(partition, { highWatermark, lastStableOffset });
  fill.lastStableOffsets.set(partition, lastStableOffset);
  const end = until?.get(partition) ?? lastStableOffset;
  const to = end < lastStableOffset ? end : lastStableOffset;
  if (recordSet.length === 0 || to <= account.nextOffset) return { kind: 'taken', records: 0 };
  const batch = await openBatch(world, fill);
  const { aborted } = answer;
  const report = await fill.phases.measure(world.clock, 'judge', () =>
    batch.add({ partition, recordSet, from: account.nextOffset, to, aborted }),
  );
  world.source.release(recordSet);
  if (judgeAbsent(topic, partition, account.nextOffset, report) !== undefined) {
    const gap = await locateGap(world, fill, account, report.nextOffset);
    const incident = judgeAbsent(topic, partition, account.nextOffset, report, gap);
    if (incident !== undefined) return { kind: 'incident', incident };
  }
  if (report.nextOffset > account.nextOffset) {
    fill.lastArrivalMs = world.clock.monotonicMs();
    fill.firstArrivalMs ??= fill.lastArrivalMs;
  }
  fill.accounts.set(partition, addReport(account, report));
  return { kind: 'taken', records: Number(report.records) };
}

const LOCATE_ROUNDS_MAX = 20;

/** Reads the range again to find the first offsets of it that are missing: only exactly those may be given up [S8]. */
async function locateGap(
  { source, codecs }: LaneWorld,
  { pipeline: { topic, topicId } }: Fill,
  { partition, nextOffset: from, leaderEpoch }: PartitionAccount,
  to: bigint,
): Promise<OffsetGap> {
  const positions = [{ partition, offset: from, lastFetchedEpoch: leaderEpoch }];
  const request = { topic, topicId, positions, bytesMax: FETCH_BYTES_MAX, waitMsMax: 500 };
  for (let round = 0; round < LOCATE_ROUNDS_MAX; round++) {
    const [answer] = await source.fetch(request);
    if (answer?.kind !== 'records' || answer.recordSet.length === 0) continue;
    const gap = findFirstGap(codecs, { topic, partition }, { recordSet: answer.recordSet, from, to });
    source.release(answer.recordSet);
    // An answer may be shorter than the one before it.
    if (gap !== undefined) return gap;
  }
  throw operationalError({
    code: 'HW_STAGING_GAP_NOT_FOUND',
    message: `Offsets of ${topic}[${partition}] in [${from}, ${to}) hold no record; read again, the log did not show which.`,
    fix: 'The lane starts over from the log; look at the leader of the partition when it comes again.',
    canRetry: true,
  });
}

/** Gives up what an operator accepted as lost, where the account stands; answers where the next round ends [S8]. */
export function passLosses(fill: Fill, ranges: readonly IntentRange[]): ReadonlyMap<number, bigint> {
  const until = new Map<number, bigint>();
  for (const range of ranges) {
    let account =
      fill.accounts.get(range.partition) ?? openAccount(range.partition, range.from, range.leaderEpoch);
    let end = range.to;
    for (const loss of range.losses) {
      if (loss.from <= account.nextOffset && account.nextOffset < loss.to)
        account = addLoss(account, loss.to);
      else if (loss.from > account.nextOffset) {
        end = loss.from;
        break;
      }
    }
    fill.accounts.set(range.partition, account);
    until.set(range.partition, end);
  }
  return until;
}

export const isFilled = (fill: Fill, ranges: readonly IntentRange[]): boolean =>
  ranges.every(({ partition, to }) => (fill.accounts.get(partition)?.nextOffset ?? -1n) >= to);
