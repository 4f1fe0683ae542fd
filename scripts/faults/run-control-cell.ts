import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { runSql } from '@headwater/platform-embedded';
import { secondsSince, seedOf, type Cell, type CellResult } from './cell.ts';
import type { CellLoad } from './cell-load.ts';
import { judgeLedger } from './cell-oracle.ts';
import { createProduct, PARTITIONS, type CellProduct } from './cell-product.ts';
import type { Deed, Scene } from './deed.ts';
import { deeds } from './deeds.ts';
import { judgeLog } from './delta-reader.ts';
import { fireOnce } from './fire-once.ts';
import type { OrderedProcess } from './processes.ts';
import { endLane } from './cell-end.ts';
import { createRandom } from './schedule.ts';
import { stageAll } from './stage-all.ts';
import { firedOr } from './stage-cell.ts';
import type { Track } from './track.ts';
import { waitUntil } from './workers.ts';

const DELETES_WITHIN_MS = 30_000;
const DAYS_MS = 86_400_000;

type Offsets = ReadonlyMap<number, bigint>;

/**
 * One cell of the control scene: old records are staged, a retention run is due and is disturbed at the point. In the end
 * exactly the old records are gone from the topic, never one that was not staged [I8], and no work is left undone [I7].
 */
export async function runControlCell(track: Track, cell: Cell): Promise<CellResult> {
  const startedMs = performance.now();
  const deed = deeds[cell.kind];
  if (deed === undefined) throw new Error(`${cell.kind} is not carried out here`);
  const random = createRandom(seedOf(cell));
  const product = await createProduct(track, { kind: 'folder', folder: path.join(track.home, 'cells') });
  const options = {
    partitions: PARTITIONS,
    recordsPerHelping: 60,
    withTransactions: false,
    padding: 0,
    random,
  };
  const old = track.feeders.feedTopic(product.pipeline.topic, {
    ...options,
    timestampMs: Date.now() - 3 * DAYS_MS,
  });
  const recent = track.feeders.feedTopic(product.pipeline.topic, options);
  const retention: OrderedProcess[] = [];
  let staging: OrderedProcess | undefined;
  try {
    if (cell.kind === 'kill-api') await track.controlPlane();
    await old.feed();
    const oldEnds = await track.admin.offsetsAt(product.pipeline.topic, { kind: 'latest' });
    staging = await track.takeWorker();
    staging.order({});
    await stageAll(product, oldEnds);
    await recent.feed();
    const doomed = await track.retentionWorkers().take();
    retention.push(doomed);
    const scene: Scene = { track, product, load: recent, doomed, random };
    const { proof, heir } = await fireOnce(scene, cell, deed, {
      nth: 1,
      clockMs: deed.clockMs === undefined ? undefined : deed.clockMs(cell.seed) / 60,
      begin: () => Promise.resolve(),
      takeHeir: () => track.retentionWorkers().take(),
    });
    if (heir !== undefined) retention.push(heir);
    const problems = await judge(scene, cell, deed, oldEnds);
    const { problems: inLedger, ...found } = countRows(product, [old, recent]);
    const { notFired, ...proven } = firedOr(doomed, proof);
    return {
      cell,
      seconds: secondsSince(startedMs),
      ...proven,
      ...found,
      problems: [
        ...notFired,
        ...problems,
        ...inLedger,
        ...(found.lost + found.duplicated > 0 ? [`${found.lost} lost, ${found.duplicated} twice`] : []),
      ],
    };
  } finally {
    await Promise.all([old.close(), recent.close()]);
    await product.retire().catch(() => undefined);
    await endLane(track, product, staging === undefined ? [] : [staging]);
    for (const each of retention) if (!each.process.hasExited()) track.retentionWorkers().giveBack(each);
    product.remove();
  }
}

/** Looks again and again at where the topic begins, against what is staged. */
async function judge(
  { track, product }: Scene,
  cell: Cell,
  deed: Deed,
  oldEnds: Offsets,
): Promise<readonly string[]> {
  const { pipeline, primary } = product;
  const problems: string[] = [];
  if (deed.outcome === 'incident') {
    // The plan was made for another topic: nothing of this one may go.
    await sleep(3_000);
    const starts = await starting(track, pipeline.topic);
    return [...starts.values()].some((start) => start > 0n) ? ['records of the new topic were deleted'] : [];
  }
  const isDone = await waitUntil(
    async () => {
      const starts = await starting(track, pipeline.topic).catch(() => undefined);
      if (starts === undefined) return false;
      const { nextOffsets } = judgeLedger(primary.commits(), pipeline.pipelineId);
      for (const [partition, start] of starts) {
        if (deed.outcome === 'drained' && start > (nextOffsets.get(partition) ?? 0n))
          problems.push(`${partition} begins at ${start}, beyond what is staged`);
      }
      return [...oldEnds].every(([partition, end]) => (starts.get(partition) ?? 0n) >= end);
    },
    DELETES_WITHIN_MS,
    150,
  );
  if (!isDone) problems.push(`the old records are still on the topic: ${await standing(track, product)}`);
  const starts = await starting(track, pipeline.topic);
  if (
    deed.outcome === 'drained' &&
    [...starts].some(([partition, start]) => start > (oldEnds.get(partition) ?? 0n))
  )
    problems.push('records younger than the promise were deleted');
  return [...new Set([...problems, ...(await leftWork(track, product))])];
}

const starting = (track: Track, topic: string): Promise<Offsets> =>
  track.admin.offsetsAt(topic, { kind: 'earliest' });

/** No work of the product stays undone beyond twice its lease [I7]. */
async function leftWork(track: Track, { productId }: CellProduct): Promise<readonly string[]> {
  const isDone = await waitUntil(
    async () => {
      const rows = await runSql(
        track.stack.databaseUrl,
        `SELECT state FROM work_item WHERE payload->>'productId' = '${productId}' AND state IN ('waiting', 'running')`,
      ).catch(() => [['unknown']]);
      return rows.length === 0;
    },
    10_000,
    150,
  );
  return isDone ? [] : ['work of the product is still waiting or running'];
}

async function standing(track: Track, { productId }: CellProduct): Promise<string> {
  const rows = await runSql(
    track.stack.databaseUrl,
    `SELECT concat_ws(' ', job, state, attempt, last_error) FROM work_item WHERE payload->>'productId' = '${productId}'
     UNION ALL SELECT concat_ws(' ', 'plan', state, waits_because) FROM retention_plan WHERE data_product_id = '${productId}'`,
  ).catch((error: unknown) => [[String(error)]]);
  return rows.map(([text]) => text).join('; ');
}

/** What the ledger of the primary table says of the records their producers heard of. */
function countRows({ primary, quarantine, pipeline }: CellProduct, loads: readonly CellLoad[]) {
  const { totals, nextOffsets, problems } = judgeLedger(primary.commits(), pipeline.pipelineId);
  const staged = [...nextOffsets.values()].reduce((sum, next) => sum + Number(next), 0);
  const good = loads
    .flatMap(({ acknowledged }) => [...acknowledged])
    .filter(([place, { sent }]) => {
      const [partition, offset] = place.split(':');
      return sent === 'good' && BigInt(offset!) < (nextOffsets.get(Number(partition)) ?? 0n);
    }).length;
  const landed = Number(totals['landed'] ?? 0n);
  return {
    staged,
    lost: Math.max(0, good - landed),
    duplicated: Math.max(0, landed - good),
    problems: [...problems, ...judgeLog(primary).problems, ...judgeLog(quarantine).problems],
  };
}
