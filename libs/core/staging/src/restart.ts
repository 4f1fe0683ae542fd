import type { CommitPlan } from './commit-plan.ts';
import { primaryAppId } from './app-ids.ts';
import type { HeldOffsets } from './offset-range.ts';
import type { OperatingPlan, OperatingRequestOf } from './operating.ts';
import type { PipelineSpec } from './pipeline.ts';

/** Where the table of the next epoch lies: the tables before it stay where they are. */
export function epochTableUrl(tableUrl: string, epoch: number): string {
  return `${tableUrl.replace(/__epoch_\d+$/, '')}__epoch_${epoch}`;
}

/** 1 for the table a pipeline began with. */
export const epochOf = (tableUrl: string): number => Number(/__epoch_(\d+)$/.exec(tableUrl)?.[1] ?? 1);

/** The pipeline in its next epoch: tables and `txn`s of its own, so that nothing of the two can meet. */
export const nextEpoch = (
  pipeline: PipelineSpec,
  { pipelineId, tableUrl }: { readonly pipelineId: string; readonly tableUrl: string },
): PipelineSpec => ({
  ...pipeline,
  pipelineId,
  tableUrl,
  quarantineUrl: `${tableUrl}__quarantine`,
});

export type RestartVerdict =
  | { readonly kind: 'sound'; readonly starts: ReadonlyMap<number, bigint> }
  | {
      readonly kind: 'refused';
      readonly code: 'HW_RESTART_RANGE' | 'HW_RESTART_SKIPS';
      readonly cause: string;
    };

/**
 * Where each partition begins in the next epoch. `wanted` may leave partitions out: they begin at their earliest offset.
 * A start past what the table before holds is refused: the records between would be in neither table.
 */
export function judgeRestart(
  wanted: ReadonlyMap<number, bigint>,
  held: ReadonlyMap<number, HeldOffsets>,
  committed: ReadonlyMap<number, bigint>,
): RestartVerdict {
  const unknown = [...wanted.keys()].find((partition) => !held.has(partition));
  if (unknown !== undefined)
    return { kind: 'refused', code: 'HW_RESTART_RANGE', cause: `The topic has no partition ${unknown}.` };
  const starts = new Map<number, bigint>();
  for (const [partition, { earliest, end }] of held) {
    const start = wanted.get(partition) ?? earliest;
    if (start < earliest || start > end) {
      const cause = `Offset ${start} of partition ${partition} is not on the topic, which holds [${earliest}, ${end}).`;
      return { kind: 'refused', code: 'HW_RESTART_RANGE', cause };
    }
    const staged = committed.get(partition) ?? earliest;
    if (start > staged) {
      const cause = `Partition ${partition} is staged up to ${staged}: beginning at ${start} would skip ${start - staged} offsets without a record of it.`;
      return { kind: 'refused', code: 'HW_RESTART_SKIPS', cause };
    }
    starts.set(partition, start);
  }
  return { kind: 'sound', starts };
}

export interface RestartFound {
  readonly next: PipelineSpec;
  readonly starts: ReadonlyMap<number, bigint>;
  readonly held: ReadonlyMap<number, HeldOffsets>;
  readonly committed: ReadonlyMap<number, bigint>;
  readonly rows: bigint;
}

export function planRestart(
  pipeline: PipelineSpec,
  request: OperatingRequestOf<'restart'>,
  { next, starts, held, committed, rows }: RestartFound,
): OperatingPlan {
  const ranges = [...starts].map(([partition, from]) => {
    const to = held.get(partition)?.end ?? from;
    return { partition, from: from.toString(), to: to.toString(), records: (to - from).toString() };
  });
  const offsets = ranges.reduce((sum, { records }) => sum + BigInt(records), 0n);
  const again = [...starts].reduce(
    (sum, [partition, from]) => sum + ((committed.get(partition) ?? from) - from),
    0n,
  );
  return {
    kind: 'restart',
    pipelineId: pipeline.pipelineId,
    productName: pipeline.productName,
    request,
    records: offsets.toString(),
    bytes: '0',
    ranges,
    tables: [next.tableUrl, next.quarantineUrl],
    details: [
      `${again} offsets were staged before, so the pipeline begins a new table: ${next.tableUrl}.`,
      `The table of before stays as it is, with ${rows} rows: ${pipeline.tableUrl} and ${pipeline.quarantineUrl}.`,
      `Its ledger stays under pipeline ${pipeline.pipelineId}; from now on the pipeline is ${next.pipelineId}.`,
      'Incidents of the pipeline that are open are closed by the restart; retention follows the new table only.',
    ],
    world: {
      topicId: pipeline.topicId,
      transformHash: pipeline.transformHash,
      tableUrl: pipeline.tableUrl,
      quarantineUrl: pipeline.quarantineUrl,
      nextPipelineId: next.pipelineId,
      nextTableUrl: next.tableUrl,
    },
  };
}

/** The first commit of an epoch: where each partition begins. */
export function planEpochCommit(
  { pipelineId, topicId }: Pick<PipelineSpec, 'pipelineId' | 'topicId'>,
  run: { readonly planId: string; readonly nowMs: number },
  starts: ReadonlyMap<number, bigint>,
): CommitPlan {
  const txns = [...starts].map(([partition, version]) => ({
    appId: primaryAppId(pipelineId, topicId, partition),
    version,
    lastUpdated: run.nowMs,
  }));
  return {
    actions: txns.map((txn) => ({ txn })),
    commitInfo: {
      operation: 'STREAMING UPDATE',
      operationParameters: { outputMode: 'Append', step: 'epoch' },
      isBlindAppend: true,
      extra: { headwater: { restart: run.planId, pipelineId } },
    },
    readAppIds: new Set(txns.map(({ appId }) => appId)),
  };
}

/** The starts a plan of a restart was made with. */
export const plannedStarts = ({ ranges }: OperatingPlan): ReadonlyMap<number, bigint> =>
  new Map(ranges.map(({ partition, from }) => [partition, BigInt(from)]));
