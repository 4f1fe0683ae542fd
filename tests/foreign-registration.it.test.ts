import { createSchemaRegistry } from '@headwater/adapter-schema-registry';
import { toJsonSchema } from '@headwater/core-contract';
import { silentLogger } from '@headwater/kernel';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { createSubjectWatch } from '../apps/control-plane/src/topic/subject-watch.ts';
import {
  createStagingFixture,
  type StagingFixture,
} from '../apps/staging-worker/src/staging-fixture.test-data.ts';

let staging: StagingFixture;
beforeAll(async () => {
  staging = await createStagingFixture(inject('stack'));
});
afterEach(() => staging.endTest());
afterAll(() => staging.close());

const url = () => inject('stack').schemaRegistryUrl;

async function register(subject: string, schema: string): Promise<void> {
  const answer = await fetch(`${url()}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schemaType: 'JSON', schema }),
  });
  expect(answer.ok, await answer.text()).toBe(true);
}

test('[K6] a schema registered straight at the registry is an incident with its diff after one look, and closes when ours is back', async () => {
  const database = staging.postgres.mesh;
  const { reads } = database;
  const registry = createSchemaRegistry({ url: url() });
  const watch = createSubjectWatch({ database, registry, logger: silentLogger });
  const { pipeline } = await staging.product();
  const product = await reads.products.byQualifiedName(pipeline.productName);
  const [contract] = await reads.contracts.byIds([product?.contractVersionId ?? '']);
  if (product === undefined || contract === undefined) throw new Error('the product has a contract');
  const { valueSubject } = product;
  const incidents = async () => {
    await watch.look();
    const page = await reads.incidents.list({ direction: 'forward', limit: 10 }, { productId: product.id });
    return page.items.map(({ item }) => item);
  };

  const ours = toJsonSchema(contract.compiled);
  await register(valueSubject, ours);
  expect(await incidents()).toEqual([]);

  const foreign = JSON.parse(ours) as { properties: Record<string, unknown> };
  foreign.properties['smuggled'] = { type: 'boolean' };
  await register(valueSubject, JSON.stringify(foreign));
  const [open, ...others] = await incidents();
  expect(others).toEqual([]);
  expect(open).toMatchObject({ kind: 'foreign-registration', status: 'open', occurrences: 1 });
  expect(open?.cause).toContain('/properties/smuggled is added ({"type":"boolean"})');
  expect(open?.fix).toContain('change request');
  expect(await incidents()).toMatchObject([{ occurrences: 1 }]);

  await fetch(`${url()}/subjects/${valueSubject}/versions/2`, { method: 'DELETE' });
  expect(await incidents()).toMatchObject([{ status: 'resolved', resolvedBy: 'headwater' }]);
  const audit = await reads.audit.list(
    { direction: 'forward', limit: 10 },
    { subject: product.qualifiedName },
  );
  expect(audit.items.map(({ item }) => item.event)).toEqual(
    expect.arrayContaining(['subject.foreign-registration-seen', 'subject.in-order-again']),
  );
  await registry.deleteSubject(valueSubject);
});
