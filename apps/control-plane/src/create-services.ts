import { createHash, randomUUID } from 'node:crypto';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { createDoorbell } from '@headwater/adapter-queue';
import { createPostgres } from '@headwater/adapter-postgres';
import { createSchemaRegistry } from '@headwater/adapter-schema-registry';
import type { MeshDatabase } from '@headwater/core-mesh';
import type { Logger } from '@headwater/kernel';
import { checkServers } from '@headwater/platform-wire';
import { createOnboardingExecutor } from './data-product/onboarding.executor.ts';
import { createRetirementExecutor } from './data-product/retirement.executor.ts';
import type { Environment } from './environment.ts';
import { createOperationRunner } from './operation/operation-runner.ts';
import { createOperatingExecutor } from './operating/operating.executor.ts';
import { createDrainExecutor } from './staging/drain.executor.ts';
import { createRetentionExecutor } from './retention/retention.executor.ts';
import { createMutations } from './schema/mutation.ts';
import type { Platform, Rings, Services } from './services.ts';
import { useS3 } from '@headwater/adapter-object-store';
import { createDeltaTableReader } from './staging/delta-table-reader.ts';
import { createStatusFeed } from './staging/status-feed.ts';
import { createInventory } from './topic/inventory.ts';
import { sayRegistryLimits } from './topic/registry-limits.ts';
import { createSubjectWatch } from './topic/subject-watch.ts';

export interface RunningServices {
  readonly services: Services;
  /** One check per server this process needs. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  close(): Promise<void>;
}

/** Connects to everything and starts what runs by itself. Throws an operational error naming the variable to look at. */
export async function createServices(environment: Environment, logger: Logger): Promise<RunningServices> {
  const { settings } = environment;
  const platform = createPlatform(logger);
  useS3(environment.s3);
  await checkServers(environment, { mayBeAway: true });
  const postgres = await createPostgres({
    databaseUrl: environment.databaseUrl,
    applicationName: 'headwater-control-plane',
    logger,
  });
  const doorbell = await createDoorbell({ ...environment.redis, logger });
  const rings: Rings = {
    staging: (pipelineId) => void doorbell.ring('staging', pipelineId),
    operating: (workItemId) => void doorbell.ring('operating', workItemId),
    quality: (workItemId) => void doorbell.ring('quality', workItemId),
    retention: (workItemId) => void doorbell.ring('retention', workItemId),
    operations: () => runner.ring(),
  };
  const kafka = createKafkaAdmin({ settings: environment.kafka, clientId: 'headwater-control-plane' });
  const registry = createSchemaRegistry(environment.registry);
  const tables = await createDeltaTableReader(platform.clock);
  const database = postgres.mesh;
  void sayRegistryLimits(registry, logger);
  const subjects = createSubjectWatch({ database, registry, logger });
  const inventory = createInventory({ kafka, registry, clock: platform.clock, logger, subjects });
  const runner = createRunner(database, { ...settings, kafka, registry, tables, platform, rings });
  const feed = createStatusFeed(database.reads, logger);
  const mutations = createMutations(database, platform.sha256);
  return {
    services: {
      settings,
      database,
      kafka,
      registry,
      inventory,
      tables,
      mutations,
      platform,
      feed,
      rings,
    },
    readiness: {
      postgres: () => postgres.ping(),
      kafka: async () => void (await kafka.describeCluster()),
      registry: () => registry.ping(),
      redis: () => doorbell.ping(),
    },
    async close() {
      feed.close();
      inventory.close();
      await runner.close();
      tables.close();
      await doorbell.close();
      await kafka.close();
      await postgres.close();
    },
  };
}

function createPlatform(logger: Logger): Platform {
  return {
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    ids: { uuid: () => randomUUID() },
    logger,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
}

function createRunner(
  database: MeshDatabase,
  parts: Pick<Services, 'registry' | 'tables' | 'platform' | 'rings'> & {
    readonly kafka: ReturnType<typeof createKafkaAdmin>;
    readonly lakeUrl: string;
  },
) {
  const { kafka, registry, tables, platform, rings, lakeUrl } = parts;
  const world = { reads: database.reads, kafka, registry, tables };
  const options = { world, unit: database.unit, platform, rings, lakeUrl, tables };
  return createOperationRunner({
    database,
    platform,
    executors: {
      onboard: createOnboardingExecutor(options),
      retire: createRetirementExecutor(options),
      'apply-retention': createRetentionExecutor({ reads: database.reads, unit: database.unit, rings }),
      operate: createOperatingExecutor({ database, rings }),
      drain: createDrainExecutor({
        database,
        rings,
        highWatermarks: (topic) => kafka.offsetsAt(topic, { kind: 'highWatermark' }),
      }),
    },
  });
}
