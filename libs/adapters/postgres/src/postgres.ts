import type { WorkItems } from '@headwater/core-jobs';
import type { MeshDatabase } from '@headwater/core-mesh';
import type { RetentionStore } from '@headwater/core-retention';
import type {
  LaneLeases,
  LineageStore,
  OperatingStore,
  StagingStore,
  WorkerRoster,
} from '@headwater/core-staging';
import type { Logger } from '@headwater/kernel';
import { checkConnection, createConnectionPool, type ConnectionOptions } from './connection-pool.ts';
import { createOperationLeases } from './mesh/operation-leases.ts';
import { createStores, runUnit } from './mesh/unit-of-work.ts';
import { judged } from './judged.ts';
import { migrate } from './migrate.ts';
import { createPrisma } from './prisma.ts';
import { createRetentionReads, createRetentionStore } from './retention/retention-store.ts';
import { createLaneLeases } from './staging/lane-leases.ts';
import { createLineageStore } from './staging/lineage-store.ts';
import { createOperatingStore } from './staging/operating-store.ts';
import { createStagingReports } from './staging/staging-reports.ts';
import { createStagingStore } from './staging/staging-store.ts';
import { createWorkerRoster } from './staging/worker-roster.ts';
import { createWorkItems } from './work/work-items.ts';

export interface Postgres {
  readonly mesh: MeshDatabase;
  readonly laneLeases: LaneLeases;
  readonly workerRoster: WorkerRoster;
  readonly staging: StagingStore;
  readonly work: WorkItems;
  readonly operating: OperatingStore;
  readonly lineage: LineageStore;
  readonly retention: RetentionStore;
  /** Removes ended work, superseded plans and remembered outcomes from before this moment [I14]. */
  prune(beforeMs: number): Promise<void>;
  /** Throws `HW_DATABASE_UNREACHABLE` when Postgres does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface PostgresOptions extends ConnectionOptions {
  readonly logger: Logger;
  /** Whose data this process works on. */
  readonly tenant?: string;
}

/**
 * Connects, migrates and gives out the stores. Throws operational errors that name DATABASE_URL:
 * `HW_DATABASE_UNREACHABLE`, `HW_DATABASE_NEWER`, `HW_DATABASE_MIGRATION_FAILED`, `HW_DATABASE_MIGRATION_EDITED`.
 */
export async function createPostgres(options: PostgresOptions): Promise<Postgres> {
  const { databaseUrl, logger, tenant = 'default' } = options;
  const pool = createConnectionPool(options);
  try {
    await checkConnection(pool, databaseUrl);
    await migrate(pool, logger);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const prisma = createPrisma(pool);
  const work = judged(createWorkItems(pool, tenant), databaseUrl);
  const retention = judged(createRetentionStore(pool, prisma, tenant), databaseUrl);
  const reads = {
    ...createStores(prisma, tenant),
    staging: createStagingReports(pool),
    retention: createRetentionReads(prisma),
    work,
  };
  return {
    mesh: {
      reads: judged(reads, databaseUrl),
      operationLeases: judged(createOperationLeases(pool, prisma, tenant), databaseUrl),
      unit: (run) => runUnit({ prisma, tenant, databaseUrl }, run),
    },
    laneLeases: judged(createLaneLeases(pool), databaseUrl),
    workerRoster: judged(createWorkerRoster(pool), databaseUrl),
    staging: judged(createStagingStore(pool), databaseUrl),
    work,
    lineage: judged(createLineageStore(pool), databaseUrl),
    operating: judged(createOperatingStore(prisma, tenant), databaseUrl),
    retention,
    async prune(beforeMs) {
      await work.prune(beforeMs);
      await retention.prunePlans(beforeMs);
      await prisma.idempotencyKey.deleteMany({ where: { createdAt: { lt: new Date(beforeMs) } } });
    },
    ping: () => checkConnection(pool, databaseUrl),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}
