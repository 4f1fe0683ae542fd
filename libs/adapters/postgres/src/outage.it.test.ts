import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { silentLogger } from '@headwater/kernel';
import { startPrivatePart } from '@headwater/testkit';
import { noted, storeProduct } from './mesh/sample-product.test-data.ts';
import { createPostgres } from './postgres.ts';

const soon = { timeout: 30_000, interval: 200 };

test('a killed Postgres is an error that names DATABASE_URL at every door, and all work again after its restart', async () => {
  await using part = await startPrivatePart('postgres');
  const postgres = await createPostgres({
    databaseUrl: part.url,
    applicationName: 'test',
    logger: silentLogger,
    connectTimeoutMs: 2_000,
  });
  const { pipelineId, qualifiedName } = await storeProduct(postgres.mesh);
  const lane = { pipelineId, lane: 0 };
  const doors: Readonly<Record<string, () => Promise<unknown>>> = {
    'a read': () => postgres.mesh.reads.products.byQualifiedName(qualifiedName),
    'a report': () => postgres.mesh.reads.staging.reports([pipelineId]),
    'a unit of work': () => postgres.mesh.unit((unit) => unit.audit.append(noted())),
    'a lease': () => postgres.laneLeases.claim(lane, randomUUID(), 1),
    'a pipeline': () => postgres.staging.pipeline(pipelineId),
    'work items': () => postgres.work.due('retention', 10),
    retention: () => postgres.retention.targetsByAge(10),
    ping: () => postgres.ping(),
  };
  await part.kill();
  for (const [name, open] of Object.entries(doors)) {
    await expect(open(), name).rejects.toMatchObject({
      kind: 'operational',
      code: 'HW_DATABASE_UNREACHABLE',
      canRetry: true,
      message: expect.stringContaining('DATABASE_URL'),
    });
  }
  await part.start();
  for (const [name, open] of Object.entries(doors)) {
    await vi.waitFor(() => expect(open(), name).resolves.not.toThrow(), soon);
  }
  expect(await postgres.mesh.reads.audit.verify()).toMatchObject({ intact: true });
  await postgres.close();
});

test('a Postgres that is killed in the middle of a unit leaves neither half of it', async () => {
  await using part = await startPrivatePart('postgres');
  const postgres = await createPostgres({
    databaseUrl: part.url,
    applicationName: 'test',
    logger: silentLogger,
    connectTimeoutMs: 2_000,
  });
  const name = `d-${randomUUID()}`;
  const unit = postgres.mesh.unit(async (stores) => {
    await stores.domains.create({ id: randomUUID(), name });
    await part.kill();
    await stores.audit.append(noted());
  });
  await expect(unit).rejects.toMatchObject({ kind: 'operational', canRetry: true });
  await part.start();
  await vi.waitFor(() => expect(postgres.ping()).resolves.toBeUndefined(), soon);
  expect(await postgres.mesh.reads.domains.byName(name)).toBeUndefined();
  expect(await postgres.mesh.reads.audit.verify()).toEqual({ intact: true, events: 0n });
  await postgres.close();
});
