import { useS3 } from '@headwater/adapter-object-store';
import { s3ServerMissing, startS3FaultProxy, startS3Server, testCacheDir } from '@headwater/testkit';
import type { S3Fault, S3FaultProxy, S3Server } from '@headwater/testkit';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  atFaultPoint,
  createStagingFixture,
  judgeLedger,
  order,
  type StagedProduct,
  type StagingFixture,
} from './staging-fixture.test-data.ts';

const missing = s3ServerMissing();
const orders = (from: number, count: number) => Array.from({ length: count }, (_, i) => order(from + i));

describe.skipIf(missing !== undefined)(
  `staging into a bucket${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: S3Server;
    let proxy: S3FaultProxy;
    let fixture: StagingFixture;
    beforeAll(async () => {
      server = await startS3Server();
      proxy = await startS3FaultProxy(server.endpoint);
      useS3(server.settings());
      fixture = await createStagingFixture(inject('stack'), {
        lakeUrl: `s3://${server.bucket}/lake`,
        environment: { LAKE_S3_ENDPOINT: proxy.endpoint },
      });
    });
    afterEach(async () => {
      proxy.inject = () => undefined;
      await fixture.endTest();
    });
    afterAll(async () => {
      await fixture.close();
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    const ids = async (product: StagedProduct): Promise<readonly string[]> =>
      (await (await product.table()).select('select id from rows order by id')).map(({ id }) => String(id));
    const landsOnce = (product: StagedProduct, count: number) =>
      expect
        .poll(() => ids(product).catch(() => []), { timeout: 60_000, interval: 200 })
        .toEqual(Array.from({ length: count }, (_, id) => String(id)));

    test('[S4] a death between the quarantine and the primary commit lands each record once, on one side', async () => {
      const product = await fixture.product({ partitions: 1 });
      await product.produce([...orders(0, 40), { value: 'broken' }]);
      let hasDied = false;
      atFaultPoint('quarantine-commit.after', () => {
        if (hasDied) return;
        hasDied = true;
        throw new Error('the worker died here');
      });
      const worker = await fixture.startWorker();
      await landsOnce(product, 40);
      await worker.stop();
      expect(hasDied).toBe(true);
      const quarantine = await product.quarantine();
      expect(await quarantine.select('select count(*) as n from rows')).toEqual([{ n: '1' }]);
      expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
    });

    test('[S6] bursts of failures and lost answers of the store lose nothing and land nothing twice', async () => {
      const product = await fixture.product({ partitions: 2 });
      const faults: readonly S3Fault[] = [
        'answer-503',
        'answer-500',
        'reset-mid-body',
        'answer-409',
        'answer-500-after-effect',
        'reset-after-effect',
      ];
      let requests = 0;
      const before = [...proxy.fired.values()].reduce((a, b) => a + b, 0);
      proxy.inject = () => (requests++ % 4 === 0 ? faults[(requests >> 2) % faults.length] : undefined);
      const worker = await fixture.startWorker();
      for (let round = 0; round < 5; round++) await product.produce(orders(round * 20, 20));
      await landsOnce(product, 100);
      await worker.stop();
      const after = [...proxy.fired.values()].reduce((a, b) => a + b, 0);
      expect(after - before).toBeGreaterThan(10);
      expect(judgeLedger(await (await product.table()).batches())).toEqual([]);
    });

    test('[S9] a store that ignores the condition of a put is refused with an incident, and nothing is written', async () => {
      const product = await fixture.product({ partitions: 1 });
      await product.produce(orders(0, 5));
      proxy.inject = ({ method }) => (method === 'PUT' ? 'ignored-condition' : undefined);
      const worker = await fixture.startWorker();
      await expect
        .poll(() => fixture.postgres.mesh.reads.incidents.openByPipelineIds([product.pipeline.pipelineId]), {
          timeout: 30_000,
          interval: 200,
        })
        .toMatchObject([
          { kind: 'table-refused', cause: expect.stringContaining('cannot commit atomically') },
        ]);
      await worker.stop();
      await expect(product.table()).rejects.toThrow('there is no table');
    });

    const python = findDeltaRs();
    test.skipIf(python === undefined)(
      `delta-rs reads the same rows through its own S3 client${python === undefined ? ' (skipped: run npm run interop once, it installs delta-rs)' : ''}`,
      async () => {
        const product = await fixture.product({ partitions: 1 });
        const worker = await fixture.startWorker();
        await product.produce(orders(0, 25));
        await landsOnce(product, 25);
        await worker.stop();
        const read = spawnSync(python!, ['-c', program, product.pipeline.tableUrl, server.endpoint], {
          encoding: 'utf8',
        });
        expect(read.stdout.trim()).toBe(`25 ${(24 * 25) / 2}`);
      },
    );
  },
);

const program = `
import os, sys
from deltalake import DeltaTable
options = {'AWS_ENDPOINT_URL': sys.argv[2], 'AWS_ALLOW_HTTP': 'true', 'AWS_REGION': 'us-east-1',
  'AWS_ACCESS_KEY_ID': os.environ['AWS_ACCESS_KEY_ID'], 'AWS_SECRET_ACCESS_KEY': os.environ['AWS_SECRET_ACCESS_KEY']}
ids = DeltaTable(sys.argv[1], storage_options=options).to_pyarrow_table().column('id').to_pylist()
print(len(ids), sum(ids))
`;

/** The Python that the interop runs installed delta-rs for, when they did. */
function findDeltaRs(): string | undefined {
  const folder = join(testCacheDir(), 'interop');
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => name.startsWith('deltalake-'))
    .map((name) => join(folder, name, 'bin', 'python'))
    .find(existsSync);
}
