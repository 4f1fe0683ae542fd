import type { WorkStore } from '@headwater/core-jobs';
import type { MeshDatabase } from '@headwater/core-mesh';
import type { Logger } from '@headwater/kernel';

export interface QualitySchedule {
  close(): void;
}

const PRODUCTS_PER_LOOK = 20;

/**
 * Has products measured after commits, each at most once in `everyMs`. Several workers may look: work on one product is
 * one item.
 */
export function startQualitySchedule({
  database,
  work,
  logger,
  everyMs,
  ring,
}: {
  readonly database: MeshDatabase;
  readonly work: WorkStore;
  readonly logger: Logger;
  readonly everyMs: number;
  readonly ring: (workId: string) => void;
}): QualitySchedule {
  const look = async (): Promise<void> => {
    for (const productId of await database.reads.quality.due(everyMs, PRODUCTS_PER_LOOK)) {
      ring(await work.add({ name: 'measure-quality', payload: { productId, trigger: 'commit' } }));
    }
  };
  const timer = setInterval(
    () => void look().catch((error: unknown) => logger.warn({ error }, 'quality could not be looked at')),
    Math.min(everyMs, LOOK_EVERY_MS_MAX),
  );
  return { close: () => clearInterval(timer) };
}

const LOOK_EVERY_MS_MAX = 30_000;
