import { createHash, randomUUID } from 'node:crypto';
import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import { createCheckpointFiles, openDatabase } from '@headwater/adapter-parquet';
import { readToEnd } from '@headwater/adapter-domain-client';
import { bindHandlers, type Job, type RunJob } from '@headwater/core-jobs';
import { loadSnapshot, type Snapshot } from '@headwater/core-delta';
import { defaultBlastRadius, type RetentionLedger } from '@headwater/core-retention';
import { silentLogger } from '@headwater/kernel';
import type { TestStack } from '@headwater/testkit';
import { retentionHandlers } from '../../apps/retention-worker/src/retention-jobs.ts';
import type { RetentionWorld } from '../../apps/retention-worker/src/retention-world.ts';
import {
  createStagingFixture,
  order,
  type StagedProduct,
  type StagingFixture,
} from '../../apps/staging-worker/src/staging-fixture.test-data.ts';

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;

export interface RetentionFixture {
  readonly staging: StagingFixture;
  /** A product whose pipeline runs until the end of the test. */
  product(over?: Parameters<StagingFixture['product']>[0]): Promise<StagedProduct>;
  /** Sets the clock right and retires the test's products, so that later workers leave them alone. */
  endTest(): Promise<void>;
  readonly world: RetentionWorld;
  /** Moves the clock of retention, not of the servers. */
  shiftClock(ms: number): void;
  /** Carries out a job as the worker does; `change` replaces parts of the world. */
  run(job: Job, change?: Partial<RetentionWorld>, signal?: AbortSignal): Promise<void>;
  enforce(product: StagedProduct, change?: Partial<RetentionWorld>): Promise<void>;
  ledger(product: StagedProduct): Promise<RetentionLedger>;
  snapshot(url: string): Promise<Snapshot>;
  /** What another client reads from the topic, as record values in no order. */
  readTopic(
    product: StagedProduct,
  ): Promise<readonly { readonly id: number; readonly timestampMs: number }[]>;
  close(): Promise<void>;
}

export async function createRetentionFixture(stack: TestStack): Promise<RetentionFixture> {
  const staging = await createStagingFixture(stack);
  const database = await openDatabase({ threads: 1, memoryMiB: 256 });
  const settings = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };
  let shiftMs = 0;
  const openTable = async (url: string) => ({
    store: await connectObjectStore(url),
    checkpointFiles: createCheckpointFiles(database),
    md5,
  });
  const world: RetentionWorld = {
    topics: staging.admin,
    openTable,
    store: staging.postgres.retention,
    clock: { nowMs: () => Date.now() + shiftMs, monotonicMs: () => performance.now() },
    ids: { uuid: () => randomUUID() },
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    logger: silentLogger,
    limits: defaultBlastRadius,
    metrics: { actionDone: () => undefined, ledgerComputed: () => undefined },
  };
  const run: RetentionFixture['run'] = async (job, change = {}, signal = new AbortController().signal) => {
    const runJob: RunJob = bindHandlers('retention', retentionHandlers({ ...world, ...change }));
    await runJob(job, { work: { id: randomUUID(), job, attempt: 1, fence: 1n }, signal });
  };
  const products: StagedProduct[] = [];
  return {
    staging,
    async product(over) {
      const product = await staging.product(over);
      products.push(product);
      return product;
    },
    async endTest() {
      shiftMs = 0;
      for (const product of products.splice(0)) await product.setDesiredState('retired');
    },
    world,
    shiftClock: (ms) => void (shiftMs = ms),
    run,
    enforce: ({ productId }, change) => run(jobOf('enforce-retention', productId), change),
    async ledger({ productId }) {
      const [ledger] = await staging.postgres.mesh.reads.retention.ledgers([productId]);
      if (ledger === undefined) throw new Error('no ledger was computed');
      return ledger;
    },
    async snapshot(url) {
      const snapshot = await loadSnapshot(await openTable(url));
      if (snapshot === undefined) throw new Error(`there is no table at ${url}`);
      return snapshot;
    },
    async readTopic({ pipeline }) {
      const read: { id: number; timestampMs: number }[] = [];
      await readToEnd({
        settings,
        topic: pipeline.topic,
        onBatch({ records }) {
          for (const { value, timestampMs } of records) {
            const text = new TextDecoder().decode(value ?? new Uint8Array());
            read.push({ id: Number(/"id":\s*(\d+)/.exec(text)?.[1] ?? -1), timestampMs });
          }
        },
      });
      return read;
    },
    async close() {
      await staging.close();
      database.close();
    },
  };
}

const jobOf = (name: 'plan-retention' | 'enforce-retention', productId: string): Job => ({
  name,
  payload: { productId },
});

/** Orders first..last, produced at this time. */
export const ordersAt = (timestampMs: number, first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => ({ ...order(first + index), timestampMs }));
