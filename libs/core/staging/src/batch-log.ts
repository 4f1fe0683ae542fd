import {
  isLogObject,
  type Action,
  type CommitInfo,
  type LogObject,
  type LogValue,
} from '@headwater/core-delta';
import type { LostRange } from './intent.ts';
import type { LedgerClass, LedgerClasses, LedgerEntry } from './ledger.ts';
import { ledgerClasses, noOffsets } from './ledger-balance.ts';
import type { LaneId } from './pipeline.ts';
import type { QuarantineCount } from './ports.ts';

/** What the primary commit of a batch says about it, under `headwater` in commitInfo [S4][S10]. */
export interface BatchRecord {
  readonly batchId: string;
  readonly batchSeq: number;
  readonly pipelineId: string;
  readonly lane: number;
  readonly fence: bigint;
  readonly contractVersion: string;
  readonly engine: string;
  readonly entries: readonly LedgerEntry[];
  readonly quarantine: readonly QuarantineCount[];
  readonly losses: readonly (LostRange & { readonly partition: number })[];
}

/** Offsets and counts travel as text, so that every JSON reader keeps their digits. */
export const toCommitInfo = (batch: BatchRecord): CommitInfo => ({
  headwater: {
    batchId: batch.batchId,
    batchSeq: batch.batchSeq,
    pipelineId: batch.pipelineId,
    lane: batch.lane,
    fence: batch.fence.toString(),
    contractVersion: batch.contractVersion,
    engine: batch.engine,
    ledger: batch.entries.map(toLogEntry),
    quarantine: batch.quarantine.map((count) => ({ ...count, offset: count.offset.toString() })),
    losses: batch.losses.map((loss) => ({ ...loss, from: loss.from.toString(), to: loss.to.toString() })),
  },
});

const toLogEntry = ({ topicId, partition, from, to, classes, samples }: LedgerEntry): LogObject => ({
  topicId,
  partition,
  from: from.toString(),
  to: to.toString(),
  classes: Object.fromEntries(
    ledgerClasses.flatMap((name) => (classes[name] === 0n ? [] : [[name, classes[name].toString()]])),
  ),
  samples: samples.map(({ offset, timestampMs }) => [offset.toString(), timestampMs]),
});

/** The batch of the lane that a commit landed, or undefined when it landed none of it. */
export function readBatchRecord(
  actions: readonly Action[],
  { pipelineId, lane }: LaneId,
): BatchRecord | undefined {
  const info = batchesIn(actions).find((each) => each['pipelineId'] === pipelineId && each['lane'] === lane);
  if (info === undefined) return undefined;
  return {
    batchId: String(info['batchId']),
    batchSeq: Number(info['batchSeq']),
    pipelineId,
    lane,
    fence: toOffset(info['fence']),
    contractVersion: String(info['contractVersion']),
    engine: String(info['engine']),
    entries: objectsIn(info['ledger']).map(toLedgerEntry),
    quarantine: objectsIn(info['quarantine']).map(toQuarantineCount),
    losses: objectsIn(info['losses']).map((loss) => ({
      incidentId: String(loss['incidentId']),
      partition: Number(loss['partition']),
      from: toOffset(loss['from']),
      to: toOffset(loss['to']),
    })),
  };
}

/** What a commit says about each of its batches: one, or several that lanes committed together [S14]. */
function batchesIn(actions: readonly Action[]): readonly LogObject[] {
  const info = actions.find((action) => 'commitInfo' in action)?.commitInfo['headwater'];
  if (!isLogObject(info)) return [];
  const all = Array.isArray(info['batches']) ? objectsIn(info['batches']) : [info];
  return all.filter((each) => Array.isArray(each['ledger']));
}

const toLedgerEntry = (entry: LogObject): LedgerEntry => ({
  topicId: String(entry['topicId']),
  partition: Number(entry['partition']),
  from: toOffset(entry['from']),
  to: toOffset(entry['to']),
  classes: toClasses(entry['classes']),
  samples: (Array.isArray(entry['samples']) ? (entry['samples'] as readonly LogValue[]) : []).map(
    (sample) => {
      const [offset, timestampMs] = sample as readonly [LogValue, LogValue];
      return { offset: toOffset(offset), timestampMs: Number(timestampMs) };
    },
  ),
});

const toQuarantineCount = (count: LogObject): QuarantineCount => ({
  stage: String(count['stage']),
  reason: String(count['reason']),
  path: String(count['path']),
  records: Number(count['records']),
  partition: Number(count['partition']),
  offset: toOffset(count['offset']),
});

function toClasses(value: LogValue | undefined): LedgerClasses {
  const classes: Record<LedgerClass, bigint> = { ...noOffsets };
  if (isLogObject(value)) {
    for (const name of ledgerClasses) if (value[name] !== undefined) classes[name] = toOffset(value[name]);
  }
  return classes;
}

const objectsIn = (value: LogValue | undefined): readonly LogObject[] =>
  Array.isArray(value) ? (value as readonly LogValue[]).filter(isLogObject) : [];

const toOffset = (value: LogValue | undefined): bigint => BigInt(String(value));
