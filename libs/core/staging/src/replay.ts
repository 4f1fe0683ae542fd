import {
  isLogObject,
  type Action,
  type AddFile,
  type LogObject,
  type TableMetaData,
} from '@headwater/core-delta';
import type { CommitPlan } from './commit-plan.ts';
import type { LedgerTransfer, OperatingPlan, ReplayRequest } from './operating.ts';
import type { PipelineSpec } from './pipeline.ts';

/** Moved by every commit of a replay: of two that run at once, one meets the other's commit and looks again. */
export const replayAppId = (pipelineId: string): string => `headwater:${pipelineId}:replay`;

/** What a look at quarantine found for a replay. */
export interface ReplayFound {
  readonly records: number;
  readonly bytes: bigint;
  readonly ranges: readonly {
    readonly partition: number;
    readonly from: bigint;
    readonly to: bigint;
    readonly records: number;
  }[];
  /** Hash over every coordinate. */
  readonly coordinates: string;
  /** Of the first `judged` records, how many the pipeline would accept as it is. */
  readonly judged: number;
  readonly accepted: number;
}

/** The plan of a replay. `positions`: what is committed, by partition; nothing past it is taken. */
export function planReplay(
  pipeline: PipelineSpec,
  request: ReplayRequest,
  found: ReplayFound,
  positions: ReadonlyMap<number, bigint>,
): OperatingPlan {
  const { contractVersion } = pipeline.contract;
  const sampled = found.judged < found.records ? ` of the first ${found.judged}` : '';
  return {
    kind: 'replay',
    pipelineId: pipeline.pipelineId,
    productName: pipeline.productName,
    request: { kind: 'replay', ...request },
    records: String(found.records),
    bytes: found.bytes.toString(),
    ranges: found.ranges.map(({ partition, from, to, records }) => ({
      partition,
      from: from.toString(),
      to: to.toString(),
      records: String(records),
    })),
    tables: [pipeline.tableUrl, pipeline.quarantineUrl],
    details: [
      `${found.records} records of quarantine are judged by contract ${contractVersion}.`,
      `${found.accepted}${sampled} would be accepted: they become rows of the table and leave quarantine.`,
      `${found.judged - found.accepted}${sampled} would be refused again: they stay where they are.`,
    ],
    world: {
      transformHash: pipeline.transformHash,
      coordinates: found.coordinates,
      positions: [...positions]
        .sort(([a], [b]) => a - b)
        .map(([partition, offset]) => `${partition}:${offset}`)
        .join(','),
    },
  };
}

/** The positions a plan was made at. */
export const plannedPositions = ({ world }: OperatingPlan): ReadonlyMap<number, bigint> =>
  new Map(
    (world['positions'] ?? '')
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [partition = '', offset = ''] = pair.split(':');
        return [Number(partition), BigInt(offset)];
      }),
  );

/** `none`: nothing can land; a replay that cannot change anything is refused, so that it cannot run in a circle. */
export type ReplayVerdict = { readonly kind: 'sound' } | { readonly kind: 'none'; readonly cause: string };

export function judgeReplay({ records, judged, accepted }: ReplayFound): ReplayVerdict {
  if (records === 0) return { kind: 'none', cause: 'No record in quarantine fits.' };
  if (accepted > 0 || judged < records) return { kind: 'sound' };
  return {
    kind: 'none',
    cause: `All ${records} records would be refused again by the contract in force: change it first.`,
  };
}

type TransferFacts = Pick<LedgerTransfer, 'partition' | 'offsets' | 'group'>;

/** The commit that lands replayed rows, with their transfer from quarantined to landed [S10]. */
export function planReplayCommit(
  pipeline: Pick<PipelineSpec, 'pipelineId' | 'topicId'>,
  run: { readonly planId: string; readonly fence: bigint; readonly before: bigint; readonly nowMs: number },
  files: readonly AddFile[],
  transfers: readonly TransferFacts[],
  metaData: TableMetaData | undefined,
): CommitPlan {
  const appId = replayAppId(pipeline.pipelineId);
  return {
    actions: [
      ...(metaData === undefined ? [] : [{ metaData }]),
      { txn: { appId, version: run.before + 1n, lastUpdated: run.nowMs } },
      ...files.map((add) => ({ add })),
    ],
    commitInfo: {
      operation: 'STREAMING UPDATE',
      operationParameters: { outputMode: 'Append', step: 'replay' },
      isBlindAppend: true,
      extra: {
        headwater: {
          replay: run.planId,
          pipelineId: pipeline.pipelineId,
          topicId: pipeline.topicId,
          fence: run.fence.toString(),
          transfers: transfers.map(({ partition, offsets, group }) => ({
            partition,
            offsets: offsets.toString(),
            ...group,
          })),
        },
      },
    },
    readAppIds: new Set([appId]),
  };
}

/** Takes rows that were landed out of quarantine: their files are replaced by ones without them. */
export const planQuarantineRewrite = (
  pipelineId: string,
  run: { readonly planId: string; readonly before: bigint; readonly nowMs: number },
  removes: readonly Action[],
  adds: readonly AddFile[],
): CommitPlan => ({
  actions: [
    { txn: { appId: replayAppId(pipelineId), version: run.before + 1n, lastUpdated: run.nowMs } },
    ...removes,
    ...adds.map((add) => ({ add })),
  ],
  commitInfo: {
    operation: 'DELETE',
    operationParameters: {},
    isBlindAppend: false,
    extra: { headwater: { replay: run.planId, pipelineId } },
  },
  readAppIds: new Set([replayAppId(pipelineId)]),
});

/** The transfers a commit of the plan made, or none when the commit is not one of its. */
export function readTransfers(
  actions: readonly Action[],
  planId: string,
  commit: { readonly tableVersion: bigint; readonly committedAtMs: number },
): readonly LedgerTransfer[] {
  const info = actions.find((action) => 'commitInfo' in action)?.commitInfo;
  const headwater = info?.['headwater'];
  if (!isLogObject(headwater) || headwater['replay'] !== planId) return [];
  const transfers = headwater['transfers'];
  if (!Array.isArray(transfers)) return [];
  return (transfers as readonly LogObject[]).filter(isLogObject).map((transfer) => ({
    ...commit,
    transferId: `${planId}:${commit.tableVersion}`,
    planId,
    kind: 'replay',
    pipelineId: String(headwater['pipelineId']),
    topicId: String(headwater['topicId']),
    partition: Number(transfer['partition']),
    fromClass: 'quarantined',
    toClass: 'landed',
    offsets: BigInt(String(transfer['offsets'])),
    group: {
      stage: String(transfer['stage']),
      reason: String(transfer['reason']),
      path: String(transfer['path']),
    },
  }));
}
