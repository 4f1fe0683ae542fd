import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { silentLogger } from '@headwater/kernel';
import { createTestDatabase, type TestDatabase } from '@headwater/testkit';
import type { ListPosition, MeshUnit, PageRequest } from '@headwater/core-mesh';
import { createConnectionPool } from '../connection-pool.ts';
import { createPostgres, type Postgres } from '../postgres.ts';
import { noted, sampleContract, storeProduct } from './sample-product.test-data.ts';

let database: TestDatabase;
let postgres: Postgres;

async function openFresh() {
  const fresh = await createTestDatabase(inject('stack').databaseUrl);
  const opened = await createPostgres({
    databaseUrl: fresh.databaseUrl,
    applicationName: 'test',
    logger: silentLogger,
  });
  return { fresh, opened };
}

beforeAll(async () => {
  ({ fresh: database, opened: postgres } = await openFresh());
});
afterAll(async () => {
  await postgres.close();
  await database.drop();
});

const newDomain = (name = `d-${randomUUID()}`) => ({ id: randomUUID(), name });

test('[I11] a unit that throws stores neither its change nor its audit event', async () => {
  const domain = newDomain();
  const before = await postgres.mesh.reads.audit.verify();
  await expect(
    postgres.mesh.unit(async (unit) => {
      await unit.domains.create(domain);
      await unit.audit.append(noted());
      throw new Error('stop');
    }),
  ).rejects.toThrow('stop');
  expect(await postgres.mesh.reads.domains.byName(domain.name)).toBeUndefined();
  expect(await postgres.mesh.reads.audit.verify()).toEqual(before);
});

test('[I11] a unit that changes governed state without an audit event is rolled back', async () => {
  const domain = newDomain();
  await expect(postgres.mesh.unit((unit) => unit.domains.create(domain))).rejects.toMatchObject({
    code: 'HW_STORE_UNAUDITED',
    kind: 'unexpected',
  });
  expect(await postgres.mesh.reads.domains.byName(domain.name)).toBeUndefined();
});

test('a store of a unit that has ended cannot be used any more', async () => {
  let kept: MeshUnit | undefined;
  await postgres.mesh.unit((unit) => {
    kept = unit;
    return Promise.resolve();
  });
  await expect(kept?.domains.create(newDomain())).rejects.toThrow();
});

test('a name can be taken once, also by two units at the same moment', async () => {
  const name = `d-${randomUUID()}`;
  const create = () =>
    postgres.mesh.unit(async (unit) => {
      await unit.audit.append(noted());
      return unit.domains.create(newDomain(name));
    });
  const outcomes = await Promise.allSettled([create(), create(), create()]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({ code: 'HW_STORE_NAME_TAKEN', kind: 'user' });
  }
});

test('[I11] units that run at the same moment give one unbroken audit chain', async () => {
  const { fresh, opened } = await openFresh();
  await Promise.all(
    Array.from({ length: 25 }, (_, index) =>
      opened.mesh.unit((unit) => unit.audit.append(noted(`test.event-${index}`))),
    ),
  );
  expect(await opened.mesh.reads.audit.verify()).toEqual({ intact: true, events: 25n });
  await opened.close();
  await fresh.drop();
});

test.each([
  ['an edited event', `UPDATE audit_event SET actor = 'mallory' WHERE seq = 3`, 3n],
  ['edited facts', `UPDATE audit_event SET facts = '{"n":99}' WHERE seq = 2`, 2n],
  ['a removed event', `DELETE FROM audit_event WHERE seq = 3`, 3n],
  ['a cut tail', `DELETE FROM audit_event WHERE seq = 5`, 5n],
  [
    'two exchanged events',
    `UPDATE audit_event SET seq = -1 WHERE seq = 2; UPDATE audit_event SET seq = 2 WHERE seq = 4; UPDATE audit_event SET seq = 4 WHERE seq = -1`,
    2n,
  ],
])('[I11] verification finds %s', async (_what, tamper, brokenAt) => {
  const { fresh, opened } = await openFresh();
  for (let n = 1; n <= 5; n += 1) {
    await opened.mesh.unit((unit) => unit.audit.append({ ...noted(), facts: { n } }));
  }
  const pool = createConnectionPool({ databaseUrl: fresh.databaseUrl, applicationName: 'test' });
  await expect(pool.query(tamper), 'the table itself only grows').rejects.toThrow(/only grows/);
  await pool.query('ALTER TABLE audit_event DISABLE TRIGGER USER');
  await pool.query(tamper);
  expect(await opened.mesh.reads.audit.verify()).toMatchObject({ intact: false, brokenAt });
  await pool.end();
  await opened.close();
  await fresh.drop();
});

test('facts of any JSON shape survive verification', async () => {
  const facts = { z: 1, a: [1.5, -0, 1e21, '한국어 "q"', null, { b: true, a: false }] };
  await postgres.mesh.unit((unit) => unit.audit.append({ ...noted(), facts }));
  expect(await postgres.mesh.reads.audit.verify()).toMatchObject({ intact: true });
});

test('a product is read back with its ports, its promise and its contract', async () => {
  const { productId, qualifiedName, domain } = await storeProduct(postgres.mesh);
  const product = await postgres.mesh.reads.products.byQualifiedName(qualifiedName);
  expect(product).toMatchObject({
    id: productId,
    topic: { name: `${domain}.orders`, partitions: 3, replicationFactor: 1 },
    valueSubject: `${domain}.orders-value`,
    retention: { periodMs: 86_400_000, mode: 'staging-first' },
    staging: { flushIntervalMs: 1_000, flushBytesMax: 1_000_000 },
    generation: 1,
  });
  expect(await postgres.mesh.reads.products.byTopics([`${domain}.orders`, 'other'])).toHaveLength(1);
  const [contract] = await postgres.mesh.reads.contracts.byProductIds([productId]);
  expect(contract?.compiled).toEqual(sampleContract);
});

test('a change names the generation it was made against; of two at the same moment one is refused', async () => {
  const { productId } = await storeProduct(postgres.mesh);
  const rename = (title: string) =>
    postgres.mesh.unit(async (unit) => {
      await unit.audit.append(noted());
      return unit.products.update(productId, 1, {
        title,
        retention: { periodMs: 3_600_000, mode: 'promise-first' },
      });
    });
  const outcomes = await Promise.allSettled([rename('a'), rename('b')]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  expect(refused?.reason).toMatchObject({ code: 'HW_STORE_GENERATION', kind: 'user' });
  const [product] = await postgres.mesh.reads.products.byIds([productId]);
  expect(product).toMatchObject({ generation: 2, retention: { mode: 'promise-first' } });
});

test('the name of a retired product is free again, and the living one is found first', async () => {
  const { productId, domainId, teamId, qualifiedName } = await storeProduct(postgres.mesh);
  const [old] = await postgres.mesh.reads.products.byIds([productId]);
  const contractVersionId = randomUUID();
  const again = (id: string) =>
    postgres.mesh.unit(async (unit) => {
      await unit.audit.append(noted());
      await unit.contracts.save({
        id: contractVersionId,
        productId: id,
        contractVersion: '1.0.0',
        text: '',
        compiled: sampleContract,
      });
      if (old === undefined) throw new Error('the product vanished');
      const { createdAtMs: _created, generation: _generation, ...product } = old;
      return unit.products.create({ ...product, id, domainId, ownerTeamId: teamId, contractVersionId });
    });
  await expect(again(randomUUID())).rejects.toMatchObject({ code: 'HW_STORE_NAME_TAKEN' });
  await postgres.mesh.unit(async (unit) => {
    await unit.audit.append(noted());
    await unit.products.update(productId, 1, { status: 'retired', retiredAtMs: 1_700_000_000_000 });
  });
  const next = await again(randomUUID());
  expect((await postgres.mesh.reads.products.byQualifiedName(qualifiedName))?.id).toBe(next.id);
});

test('an idempotency key is remembered once', async () => {
  const outcome = {
    actor: 'ann',
    mutation: 'createDomain',
    idempotencyKey: randomUUID(),
    inputHash: 'h',
    outcome: { id: 'x' },
  };
  const remember = () => postgres.mesh.unit((unit) => unit.idempotency.remember(outcome));
  const results = await Promise.allSettled([remember(), remember()]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const find = postgres.mesh.reads.idempotency.find;
  expect(await find('ann', 'createDomain', outcome.idempotencyKey)).toEqual(outcome);
  expect(await find('bob', 'createDomain', outcome.idempotencyKey)).toBeUndefined();
});

test('lists are paged by name without repeating or hiding a row while others are inserted', async () => {
  const { fresh, opened } = await openFresh();
  const create = (name: string) =>
    opened.mesh.unit(async (unit) => {
      await unit.audit.append(noted());
      await unit.domains.create(newDomain(name));
    });
  for (const name of ['b', 'd', 'f', 'h']) await create(name);
  const read = async (page: PageRequest) => opened.mesh.reads.domains.list(page);
  const first = await read({ direction: 'forward', limit: 2 });
  await create('a');
  await create('e');
  const second = await read({
    direction: 'forward',
    limit: 2,
    after: first.items.at(-1)?.position as ListPosition,
  });
  expect(first.items.map(({ item }) => item.name)).toEqual(['b', 'd']);
  expect(second.items.map(({ item }) => item.name)).toEqual(['e', 'f']);
  expect(second).toMatchObject({ hasNextPage: true, hasPreviousPage: true, totalCount: 6 });
  const back = await read({
    direction: 'backward',
    limit: 2,
    before: second.items[0]?.position as ListPosition,
  });
  expect(back.items.map(({ item }) => item.name)).toEqual(['b', 'd']);
  await opened.close();
  await fresh.drop();
});

const newOperation = () => ({
  id: randomUUID(),
  kind: 'onboard' as const,
  actor: 'ann',
  input: null,
  steps: [{ name: 'topic', title: 'create topic', status: 'pending' as const }],
});

test('[I7] an operation is claimed by one executor, and again when its lease has ended', async () => {
  const { fresh, opened } = await openFresh();
  const { operationLeases, unit, reads } = opened.mesh;
  const operation = newOperation();
  await unit((stores) => stores.operations.create(operation));
  const claims = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => operationLeases.claim(owner, 60_000)));
  const [won] = claims.filter((claim) => claim !== undefined);
  expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
  expect(won).toMatchObject({ fence: 1n, operation: { id: operation.id, steps: operation.steps } });
  const pool = createConnectionPool({ databaseUrl: fresh.databaseUrl, applicationName: 'test' });
  await pool.query(`UPDATE operation SET lease_until = now() - interval '1 ms'`);
  expect(await operationLeases.claim('e', 60_000)).toMatchObject({ fence: 2n });
  expect(await operationLeases.renew(operation.id, 'a', 1n, 60_000)).toBe(false);
  expect(await operationLeases.renew(operation.id, 'e', 2n, 60_000)).toBe(true);
  await unit((stores) => stores.operations.update(operation.id, { status: 'succeeded' }));
  await operationLeases.release(operation.id, 'e', 2n);
  expect(await operationLeases.claim('f', 60_000)).toBeUndefined();
  const [done] = await reads.operations.byIds([operation.id]);
  expect(done?.finishedAtMs).toBeGreaterThan(0);
  await pool.end();
  await opened.close();
  await fresh.drop();
});

test('a change request keeps its plan and its approvals in order', async () => {
  const { productId, qualifiedName } = await storeProduct(postgres.mesh);
  const id = randomUUID();
  const approval = { decision: 'approved', by: 'policy', atMs: 1_700_000_000_000, planHash: 'h1' } as const;
  const change = {
    action: 'create',
    resource: 'topic',
    name: 't',
    risk: 'low',
    dataLoss: false,
    reason: 'new',
  } as const;
  await postgres.mesh.unit(async (unit) => {
    await unit.audit.append(noted());
    await unit.changeRequests.create({
      id,
      kind: 'create',
      status: 'proposed',
      productId,
      productName: qualifiedName,
      requestedBy: 'ann',
      expiresAtMs: 1_800_000_000_000,
      desired: { topic: 't' },
      plan: { hash: 'h1', changes: [change] },
      findings: [],
      approvals: [],
    });
    await unit.changeRequests.update(id, 1, {
      approvals: [approval, { ...approval, by: 'ann', reason: 'ok' }],
    });
    await unit.changeRequests.update(id, 2, { status: 'approved' });
  });
  const [request] = await postgres.mesh.reads.changeRequests.byIds([id]);
  expect(request).toMatchObject({
    status: 'approved',
    generation: 3,
    plan: { hash: 'h1', changes: [change] },
    approvals: [approval, { ...approval, by: 'ann', reason: 'ok' }],
  });
});

test('a token is found by its hash and never usable again once revoked', async () => {
  const id = randomUUID();
  const secretHash = randomUUID();
  await postgres.mesh.unit(async (unit) => {
    await unit.audit.append(noted());
    await unit.tokens.create({ id, name: 'ci', role: 'member', prefix: 'hw_abc', secretHash });
  });
  expect(await postgres.mesh.reads.tokens.byHash(secretHash)).toMatchObject({ id, role: 'member' });
  const revoke = () =>
    postgres.mesh.unit(async (unit) => {
      await unit.audit.append(noted());
      return unit.tokens.revoke(id);
    });
  const first = await revoke();
  expect((await revoke())?.revokedAtMs).toBe(first?.revokedAtMs);
  expect(await postgres.mesh.reads.tokens.byHash('unknown')).toBeUndefined();
});

test('an identifier that is no UUID is simply not there', async () => {
  expect(await postgres.mesh.reads.products.byIds(["x'; --", randomUUID()])).toEqual([]);
  expect(await postgres.mesh.reads.operations.byIds(['1'])).toEqual([]);
});
