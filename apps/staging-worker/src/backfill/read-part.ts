import {
  FETCH_BYTES_MAX,
  type IncidentFacts,
  type OffsetRange,
  type PipelineSpec,
  type RecordSource,
  type SourceTopic,
} from '@headwater/core-staging';
import { operationalError, userError } from '@headwater/kernel';
import { beginFill, bufferedBytes, discardFill, fillOnce, type Fill } from '../lane/fill.ts';
import { sleep, type LaneWorld } from '../lane/lane-world.ts';
import { requireTopic } from './backfill-topic.ts';

export interface PartSource {
  readonly lanes: LaneWorld;
  readonly source: RecordSource;
  readonly topic: SourceTopic;
  readonly pipeline: PipelineSpec;
  readonly signal: AbortSignal;
}

export interface PartLimits {
  /** The part ends as soon as it holds so many bytes; undefined: not before the end of its range. */
  readonly bytesMax: number | undefined;
}

const WAIT_MS = 500;
const RETRY_MS = 200;
/** Rounds without a record before the range counts as not readable for the time being. */
const IDLE_ROUNDS_MAX = 60;

/** Reads [from, to) of one partition, or its beginning, into a batch of the engine. The caller discards the fill. */
export async function readPart(
  part: PartSource,
  range: OffsetRange,
  { bytesMax }: PartLimits,
): Promise<{ readonly fill: Fill; readonly bytes: number }> {
  const { lanes, source, topic, pipeline, signal } = part;
  const world: LaneWorld = { ...lanes, source };
  const fill = beginFill(pipeline, {
    batchId: lanes.ids.uuid(),
    positions: [{ partition: range.partition, from: range.from, leaderEpoch: -1 }],
  });
  const round = {
    topic,
    views: new Map(),
    until: new Map([[range.partition, range.to]]),
    bytesMax: Math.min(FETCH_BYTES_MAX, bytesMax ?? FETCH_BYTES_MAX),
    waitMsMax: WAIT_MS,
  };
  let bytes = 0;
  let idle = 0;
  try {
    while (positionOf(fill, range) < range.to && (bytesMax === undefined || bufferedBytes(fill) < bytesMax)) {
      signal.throwIfAborted();
      const before = positionOf(fill, range);
      const end = await fillOnce(world, fill, round);
      if (end.kind === 'incident') throw incidentRefused(end.incident);
      if (end.kind === 'taken') bytes += end.bytes;
      // Made anew under its name it would be asked for again and again.
      if (end.kind === 'describe') await requireTopic(source, pipeline);
      if (end.kind === 'retry' || end.kind === 'describe') await sleep(RETRY_MS, signal);
      idle = positionOf(fill, range) > before ? 0 : idle + 1;
      if (idle >= IDLE_ROUNDS_MAX) throw notReadable(pipeline.topic, range, positionOf(fill, range));
      if (bytesMax !== undefined && bytes >= bytesMax) break;
    }
    return { fill, bytes };
  } catch (error) {
    await discardFill(fill);
    throw error;
  }
}

const positionOf = (fill: Fill, { partition, from }: OffsetRange): bigint =>
  fill.accounts.get(partition)?.nextOffset ?? from;

const incidentRefused = ({ cause, fix }: IncidentFacts) =>
  userError({ code: 'HW_BACKFILL_GAP', message: cause, fix });

const notReadable = (topic: string, { partition, to }: OffsetRange, at: bigint) =>
  operationalError({
    code: 'HW_BACKFILL_WAITS',
    message: `${topic}[${partition}] gives no records between ${at} and ${to}: a broker is away, or a transaction is open.`,
    fix: 'Look at the brokers and at open transactions; the backfill goes on by itself.',
    canRetry: true,
  });
