import { runSql } from '@headwater/platform-embedded';
import type { CellProduct } from './cell-product.ts';
import type { OrderedProcess } from './processes.ts';
import type { Track } from './track.ts';
import { waitUntil } from './workers.ts';

const RELEASED_WITHIN_MS = 2_500;

/** Ends the cell's lane, and gives workers back that are alive and own nothing. */
export async function tidy(
  track: Track,
  product: CellProduct,
  workers: readonly OrderedProcess[],
): Promise<void> {
  for (const worker of workers) if (!worker.process.hasExited()) worker.order({});
  await product.retire().catch(() => undefined);
  await endLane(track, product, workers);
  product.remove();
}

/** Waits until nobody owns the lane, and gives the workers back that are alive then. */
export async function endLane(
  track: Track,
  product: CellProduct,
  workers: readonly OrderedProcess[],
): Promise<void> {
  const { pipelineId } = product.pipeline;
  const isFree = await waitUntil(
    async () => {
      const sql = `SELECT 1 FROM lane_lease WHERE pipeline_id = '${pipelineId}' AND lease_until > now()`;
      return (await runSql(track.stack.databaseUrl, sql).catch(() => [['busy']])).length === 0;
    },
    RELEASED_WITHIN_MS,
    50,
  );
  for (const worker of workers) {
    if (worker.process.hasExited()) continue;
    if (isFree && !worker.isDismissed()) track.giveBack(worker);
    else await worker.process.kill();
  }
}
