import { createHash, randomUUID } from 'node:crypto';
import { createPostgres, type Postgres } from '@headwater/adapter-postgres';
import { err, ok, silentLogger } from '@headwater/kernel';
import { createTestDatabase, uniqueName, type TestDatabase } from '@headwater/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createMutations, type MutationCall, type Mutations } from './mutation.ts';

let database: TestDatabase;
let postgres: Postgres;
let mutations: Mutations;

beforeAll(async () => {
  database = await createTestDatabase(inject('stack').databaseUrl);
  postgres = await createPostgres({
    databaseUrl: database.databaseUrl,
    applicationName: 'mutation-test',
    logger: silentLogger,
  });
  mutations = createMutations(postgres.mesh, (text) => createHash('sha256').update(text).digest('hex'));
});

afterAll(async () => {
  await postgres?.close();
  await database?.drop();
});

const call = (input: MutationCall['input'] & { readonly name?: string }): MutationCall => ({
  principal: { tokenId: 't', name: 'ada', role: 'admin' },
  mutation: 'createDomain',
  input,
});

const createDomain = (name: string, given: MutationCall): ReturnType<Mutations['run']> =>
  mutations.run(given, async (unit) => {
    const { id } = await unit.domains.create({ id: randomUUID(), name });
    return ok({ refs: { id }, audit: { event: 'domain.created', subject: name, facts: {} } });
  });

const traces = async (subject: string) => {
  const page = { direction: 'forward', limit: 10 } as const;
  return (await postgres.mesh.reads.audit.list(page, { subject })).items.map(({ item }) => item);
};

test('what is done is in the audit trail once, in the name of the caller [I11]', async () => {
  const name = uniqueName('domain');
  expect(await createDomain(name, call({}))).toMatchObject({ ok: true });
  expect(await traces(name)).toMatchObject([{ actor: 'ada', event: 'domain.created' }]);
});

test('a repeated key answers the first outcome and does nothing', async () => {
  const name = uniqueName('domain');
  const first = await createDomain(name, call({ idempotencyKey: name }));
  expect(await createDomain(name, call({ idempotencyKey: name }))).toEqual(first);
  expect(await traces(name)).toHaveLength(1);
});

test('a repeated key with another input is refused', async () => {
  const name = uniqueName('domain');
  await createDomain(name, call({ idempotencyKey: name, name: 'a' }));
  expect(await createDomain(`${name}-b`, call({ idempotencyKey: name, name: 'b' }))).toMatchObject({
    ok: false,
    error: [{ code: 'HW_IDEMPOTENCY_KEY_REUSED', path: ['idempotencyKey'] }],
  });
  expect(await traces(`${name}-b`)).toEqual([]);
});

test('many calls at once with one key have one outcome', async () => {
  const name = uniqueName('domain');
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, (_unused, index) =>
      createDomain(`${name}-${index}`, call({ idempotencyKey: name })),
    ),
  );
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
  const made = await Promise.all(outcomes.map((_outcome, index) => traces(`${name}-${index}`)));
  expect(made.flat()).toHaveLength(1);
});

test('a dry run leaves nothing, not even its key', async () => {
  const name = uniqueName('domain');
  expect(await createDomain(name, call({ idempotencyKey: name, dryRun: true }))).toEqual(ok({}));
  expect(await postgres.mesh.reads.domains.byName(name)).toBeUndefined();
  expect(await traces(name)).toEqual([]);
  expect(await createDomain(name, call({ idempotencyKey: name, dryRun: false }))).toMatchObject({ ok: true });
});

test('expected failures are user errors; bugs are thrown; neither leaves a trace', async () => {
  const name = uniqueName('domain');
  const refuse = () => Promise.resolve(err([{ code: 'HW_X', message: 'no' }]));
  expect(await mutations.run(call({}), refuse)).toMatchObject({ ok: false, error: [{ code: 'HW_X' }] });
  await createDomain(name, call({}));
  expect(await createDomain(name, call({}))).toMatchObject({
    ok: false,
    error: [{ code: 'HW_STORE_NAME_TAKEN' }],
  });
  await expect(mutations.run(call({}), () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  expect(await traces(name)).toHaveLength(1);
});
