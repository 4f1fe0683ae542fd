import {
  applicableLosses,
  decideStart,
  FETCH_BYTES_MAX,
  isFenced,
  isPlanted,
  laneDuties,
  lossesAhead,
  lossesInside,
  lossRanges,
  openIntent,
  pruneIntents,
  putIntent,
  readPosition,
  settledLosses,
  supersedeIntent,
  type AcceptedLoss,
  type IncidentFacts,
  type Intent,
} from '@headwater/core-staging';
import { unexpectedError } from '@headwater/kernel';
import { beginsOf } from './begins.ts';
import { hasEpoch, owns, shareOf } from './epoch.ts';
import { beginFill, discardFill, fillOnce, isFilled, passLosses, type Fill } from './fill.ts';
import { jointly } from './joint-landing.ts';
import { landBatch } from './land-batch.ts';
import { draftIntent, type LaneContext } from './lane-context.ts';
import { refreshTable, txnsOf } from './lane-table.ts';
import { nowUs, sleep } from './lane-world.ts';
import { catchUpMirror } from './mirror.ts';
import { settleBatch } from './settle-batch.ts';
import { pipelineOfIntent, storeTransform } from './transform.ts';

export type RecoverEnd =
  | { readonly kind: 'recovered' }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts }
  | { readonly kind: 'lost'; readonly cause: string };

/** Open intents and accepted losses follow each other only a few times; more is a loop. */
const ROUNDS_MAX = 100;

/** Takes positions from the log and lands what was begun: an open intent [S2], then accepted losses [S8]. */
export async function recover(lane: LaneContext): Promise<RecoverEnd> {
  const { world, id, tables } = lane;
  await refreshTable(tables.primary);
  await refreshTable(tables.quarantine);
  lane.share = shareOf(lane);
  lane.nextRevision = 0;
  if (hasEpoch(lane) && isFenced(txnsOf(tables.primary), id, lane.lease.fence))
    return { kind: 'lost', cause: 'a higher fence is in the log' };
  await catchUpMirror(world, id, tables.primary);
  await readPositions(lane);
  await pruneIntents(tables.primary.io.store, id, lane.nextBatchSeq - 1);
  await storeTransform(tables.primary.io.store, lane.pipeline);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const losses = await openLosses(lane);
    const intent = await nextIntent(lane, losses);
    if (intent === undefined) {
      lane.lossesAhead = lossesAhead(losses, offsetsOf(lane));
      return { kind: 'recovered' };
    }
    const end = await landIntent(lane, intent);
    if (end.kind !== 'recovered') return end;
  }
  throw unexpectedError({
    code: 'HW_STAGING_RECOVERY_ENDLESS',
    message: `Lane ${id.lane} of ${lane.pipeline.productName} found an open batch ${ROUNDS_MAX} times in a row.`,
    fix: 'Report this as a bug with the intents of the pipeline.',
  });
}

/** Positions from the log; partitions it has never seen begin where they did when a lane first asked [S5][S8]. */
async function readPositions(lane: LaneContext): Promise<void> {
  const { pipeline, topic, positions } = lane;
  const { nextOffsets, nextBatchSeq } = readPosition(txnsOf(lane.tables.primary), lane.id, pipeline.topicId);
  const partitions = topic.partitions
    .map(({ partition }) => partition)
    .filter((partition) => owns(lane, partition));
  const unseen = partitions.filter((partition) => !nextOffsets.has(partition));
  const earliest = await beginsOf(lane, unseen);
  lane.nextBatchSeq = nextBatchSeq;
  lane.positionsEpoch = lane.share.epoch.epoch;
  positions.clear();
  const epochs = await lastEpochs(lane);
  // A partition the log has not seen yet begins where an open intent says: the topic may have lost that since.
  const begun = await findOpenIntent(lane);
  for (const { partition, from } of begun?.ranges ?? []) {
    if (!nextOffsets.has(partition)) earliest.set(partition, from);
  }
  for (const [partition, nextOffset] of decideStart(partitions, nextOffsets, earliest)) {
    positions.set(partition, { nextOffset, leaderEpoch: epochs.get(partition) ?? -1 });
  }
  if (__HEADWATER_FAULTS__) await plantPositions(lane);
}

/**
 * The batch that was begun and not committed. One of an epoch the lane has closed for since was never begun: its writer
 * slept through the close, and nothing of it can be committed any more. The next intent takes its number above it [S13].
 */
async function findOpenIntent(lane: LaneContext): Promise<Intent | undefined> {
  const { epoch, closed } = lane.share;
  const open = await openIntent(lane.tables.primary.io.store, lane.id, lane.nextBatchSeq);
  if (open === undefined || (open.epoch ?? 0n) >= closed) return open;
  if (closed <= epoch.epoch) lane.nextRevision = open.revision + 1;
  return undefined;
}

/** The planted bugs `offset-rewind` and `position-from-group-offsets`. */
async function plantPositions({ world, pipeline, positions }: LaneContext): Promise<void> {
  if (!isPlanted('position-from-group-offsets') && !isPlanted('offset-rewind')) return;
  const group = isPlanted('position-from-group-offsets')
    ? await world.plantedPositions?.(`headwater.${pipeline.pipelineId}`, pipeline.topic)
    : undefined;
  for (const [partition, { nextOffset }] of positions) {
    const rewound = isPlanted('offset-rewind') && nextOffset > 3n ? nextOffset - 3n : nextOffset;
    positions.set(partition, { nextOffset: group?.get(partition) ?? rewound, leaderEpoch: -1 });
  }
}

/** Leader epochs the last committed batch was read with, so that a truncation is seen across restarts [S8]. */
async function lastEpochs(lane: LaneContext): Promise<ReadonlyMap<number, number>> {
  if (lane.nextBatchSeq === 0) return new Map();
  const committed = await openIntent(lane.tables.primary.io.store, lane.id, lane.nextBatchSeq - 1);
  if (committed !== undefined) lane.lastIngestedAtMs = Number(committed.ingestedAtUs / 1000n);
  return new Map(committed?.ranges.map(({ partition, leaderEpoch }) => [partition, leaderEpoch]));
}

const offsetsOf = (lane: LaneContext): ReadonlyMap<number, bigint> =>
  new Map([...lane.positions].map(([partition, { nextOffset }]) => [partition, nextOffset]));

/** Accepted losses that still reach past what is staged; the others are marked as applied. */
async function openLosses(lane: LaneContext): Promise<readonly AcceptedLoss[]> {
  const losses = await lane.world.store.acceptedLosses(lane.id.pipelineId);
  const settled = settledLosses(losses, offsetsOf(lane));
  for (const { incidentId } of settled) {
    await lane.world.store.markLossApplied(incidentId, lane.world.ids.uuid());
  }
  return losses.filter((loss) => !settled.includes(loss));
}

/** The intent to land next: the open one, superseded when a loss touches it, or one that gives up an accepted loss. */
async function nextIntent(lane: LaneContext, losses: readonly AcceptedLoss[]): Promise<Intent | undefined> {
  const { store } = lane.tables.primary.io;
  const open = await findOpenIntent(lane);
  if (open !== undefined) {
    const superseding = supersedeIntent(open, lane.lease.fence, lossesInside(losses, open));
    return superseding === undefined ? open : (await putIntent(store, superseding)).intent;
  }
  const applicable = applicableLosses(losses, offsetsOf(lane));
  if (applicable.size === 0) return undefined;
  const { ids } = lane.world;
  const draft = draftIntent(lane, {
    batchId: ids.uuid(),
    ingestedAtUs: nowUs(lane.world),
    ranges: lossRanges(applicable),
  });
  return (await putIntent(store, draft)).intent;
}

/** Lands exactly what the intent says: with all inputs fixed, a retry has the same outcome [S2]. */
async function landIntent(lane: LaneContext, intent: Intent): Promise<RecoverEnd> {
  const { world, lease, tables } = lane;
  const pipeline = await pipelineOfIntent(tables.primary.io.store, lane.pipeline, intent);
  const fill = beginFill(pipeline, {
    batchId: intent.batchId,
    lane: intent.lane,
    ingestedAtUs: intent.ingestedAtUs,
    positions: intent.ranges.map(({ partition, from }) => {
      const known = lane.positions.get(partition);
      return { partition, from, leaderEpoch: known?.nextOffset === from ? known.leaderEpoch : -1 };
    }),
  });
  try {
    const filled = await fillRanges(lane, fill, intent);
    if (filled.kind !== 'recovered') return filled;
    const landed = await landBatch({ world, lease, tables, intent, fill, ...jointly(lane, intent) });
    if (landed.kind !== 'landed') return landed;
    for (const { partition, nextOffset, leaderEpoch } of fill.accounts.values()) {
      lane.positions.set(partition, { nextOffset, leaderEpoch });
    }
    await settleBatch(lane, landed, fill);
    return { kind: 'recovered' };
  } finally {
    await discardFill(fill);
  }
}

const WAIT_MS = 500;
const RETRY_MS = 200;

async function fillRanges(lane: LaneContext, fill: Fill, { ranges }: Intent): Promise<RecoverEnd> {
  for (;;) {
    if (!lane.lease.isHeld()) return { kind: 'lost', cause: 'the lease has ended' };
    if (laneDuties[lane.state].isFinal) return { kind: 'lost', cause: 'the lane was told to stop' };
    if (lane.pendingIncident !== undefined) {
      const incident = lane.pendingIncident;
      lane.pendingIncident = undefined;
      return { kind: 'incident', incident };
    }
    const until = passLosses(fill, ranges);
    if (isFilled(fill, ranges)) return { kind: 'recovered' };
    const { topic, views } = lane;
    const end = await fillOnce(lane.world, fill, {
      topic,
      views,
      until,
      bytesMax: FETCH_BYTES_MAX,
      waitMsMax: WAIT_MS,
    });
    if (end.kind === 'incident') return end;
    if (end.kind === 'retry' || end.kind === 'describe') await sleep(RETRY_MS);
  }
}
