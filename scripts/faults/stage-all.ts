import { judgeLedger } from './cell-oracle.ts';
import type { CellProduct } from './cell-product.ts';
import { waitUntil } from './workers.ts';

const STAGES_WITHIN_MS = 20_000;

/** Waits until the table holds everything below these offsets. */
export async function stageAll(product: CellProduct, ends: ReadonlyMap<number, bigint>): Promise<void> {
  const { primary, pipeline } = product;
  const isStaged = await waitUntil(
    async () => {
      await product.refresh();
      const { nextOffsets } = judgeLedger(primary.commits(), pipeline.pipelineId);
      return [...ends].every(([partition, end]) => (nextOffsets.get(partition) ?? 0n) >= end);
    },
    STAGES_WITHIN_MS,
    40,
  );
  if (!isStaged) throw new Error('the records were not staged');
}
