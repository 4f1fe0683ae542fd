import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { silentLogger } from '@headwater/kernel';
import { createTestDatabase, type TestDatabase } from '@headwater/testkit';
import { createConnectionPool } from './connection-pool.ts';
import { migrations } from './generated/migrations.ts';
import { migrate } from './migrate.ts';
import { createPostgres } from './postgres.ts';

const options = { applicationName: 'test', logger: silentLogger, connectTimeoutMs: 2_000 };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase(inject('stack').databaseUrl);
});
afterAll(() => database.drop());

function changedUrl(change: (url: URL) => void): string {
  const url = new URL(database.databaseUrl);
  change(url);
  return url.href;
}

const open = (databaseUrl: string) => createPostgres({ ...options, databaseUrl });

test('a port where nothing listens is an error that names DATABASE_URL and can be retried', async () => {
  const url = changedUrl((u) => (u.port = '1'));
  await expect(open(url)).rejects.toMatchObject({
    code: 'HW_DATABASE_UNREACHABLE',
    canRetry: true,
    message: expect.stringMatching(/:1\/.*DATABASE_URL.*nothing listens/),
  });
});

test('a wrong password is named, without being shown', async () => {
  const url = changedUrl((u) => (u.password = 'not-the-password'));
  const problem: unknown = await open(url).then(
    (postgres) => postgres.close(),
    (error: unknown) => error,
  );
  // A server that trusts local connections accepts any password.
  if (problem === undefined) return;
  expect(problem).toMatchObject({ code: 'HW_DATABASE_LOGIN_REFUSED', canRetry: false });
  expect(String(problem)).toMatch(/refused the password/);
  expect(String(problem)).not.toContain('not-the-password');
});

test('a missing database is named', async () => {
  const url = changedUrl((u) => (u.pathname = '/no_such_database'));
  await expect(open(url)).rejects.toMatchObject({
    message: expect.stringMatching(/no such database/),
    fix: expect.stringMatching(/DATABASE_URL/),
  });
});

test('something that is no Postgres address is refused before connecting', async () => {
  await expect(open('mysql://localhost/x')).rejects.toMatchObject({ code: 'HW_DATABASE_URL' });
});

test('processes that start together migrate once and all of them start', async () => {
  const fresh = await createTestDatabase(inject('stack').databaseUrl);
  const started = await Promise.all(Array.from({ length: 4 }, () => open(fresh.databaseUrl)));
  const pool = createConnectionPool({ ...options, databaseUrl: fresh.databaseUrl });
  const { rows } = await pool.query('SELECT count(*)::int AS applied FROM _prisma_migrations');
  expect(rows[0]).toEqual({ applied: migrations.length });
  await Promise.all([pool.end(), ...started.map((postgres) => postgres.close())]);
  await fresh.drop();
});

test('a database made by a newer version is refused', async () => {
  const pool = createConnectionPool({ ...options, databaseUrl: database.databaseUrl });
  const first = { name: '20260101000000_one', sql: 'CREATE TABLE one (id int);' };
  const second = { name: '20260201000000_two', sql: 'CREATE TABLE two (id int);' };
  await migrate(pool, silentLogger, [first, second]);
  await expect(migrate(pool, silentLogger, [first])).rejects.toMatchObject({
    code: 'HW_DATABASE_NEWER',
    message: expect.stringContaining('20260201000000_two'),
  });
  await pool.query('DROP TABLE one, two, _prisma_migrations');
  await pool.end();
});

test('a migration that fails is named at once and again at the next start', async () => {
  const pool = createConnectionPool({ ...options, databaseUrl: database.databaseUrl });
  const broken = { name: '20260101000000_broken', sql: 'CREATE TABLE one (id int); SELECT 1/0;' };
  for (const attempt of [1, 2]) {
    await expect(migrate(pool, silentLogger, [broken]), `start ${attempt}`).rejects.toMatchObject({
      code: 'HW_DATABASE_MIGRATION_FAILED',
      message: expect.stringMatching(/20260101000000_broken.*division by zero/),
    });
  }
  await pool.query('DROP TABLE IF EXISTS one');
  await pool.query('DROP TABLE _prisma_migrations');
  await pool.end();
});

test('a migration that was applied in another wording is refused', async () => {
  const pool = createConnectionPool({ ...options, databaseUrl: database.databaseUrl });
  const name = '20260101000000_one';
  await migrate(pool, silentLogger, [{ name, sql: 'CREATE TABLE one (id int);' }]);
  await expect(
    migrate(pool, silentLogger, [{ name, sql: 'CREATE TABLE one (id bigint);' }]),
  ).rejects.toMatchObject({ code: 'HW_DATABASE_MIGRATION_EDITED' });
  await pool.query('DROP TABLE one, _prisma_migrations');
  await pool.end();
});
