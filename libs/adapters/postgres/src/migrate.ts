import { createHash } from 'node:crypto';
import { operationalError, type Logger } from '@headwater/kernel';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import type { Pool, PoolClient } from 'pg';
import { migrations } from './generated/migrations.ts';
import { createSchemaEngine } from './schema-engine.ts';

/** Any number, the same in every process: apps that start together take turns. */
const migrationLock = 4_829_107;
const filters = { externalTables: [], externalEnums: [] };

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/**
 * Brings the database to the schema this program was built with. Safe when several processes start at once.
 * Throws `HW_DATABASE_NEWER`, `HW_DATABASE_MIGRATION_FAILED` or `HW_DATABASE_MIGRATION_EDITED`.
 */
export async function migrate(
  pool: Pool,
  logger: Logger,
  wanted: readonly Migration[] = migrations,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const pending = await pendingMigrations(client, wanted);
    if (pending.length > 0) {
      await applyMigrations(pool, wanted);
      logger.info({ migrations: pending }, 'database migrated');
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    client.release();
  }
}

interface AppliedMigration {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly logs: string | null;
}

async function pendingMigrations(
  client: PoolClient,
  wanted: readonly Migration[],
): Promise<readonly string[]> {
  const table = await client.query<{ readonly found: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`,
  );
  if (table.rows[0]?.found !== true) return wanted.map(({ name }) => name);
  const { rows } = await client.query<AppliedMigration>(
    'SELECT migration_name, checksum, finished_at, logs FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
  );
  const failed = rows.find(({ finished_at }) => finished_at === null);
  if (failed !== undefined) throw migrationFailed(failed.migration_name, failed.logs ?? 'it did not finish');
  const known = new Map(wanted.map(({ name, sql }) => [name, sql]));
  const foreign = rows.filter(({ migration_name }) => !known.has(migration_name));
  if (foreign.length > 0) throw databaseNewer(foreign.map(({ migration_name }) => migration_name));
  const edited = rows.find(
    ({ migration_name, checksum }) => sha256(known.get(migration_name) ?? '') !== checksum,
  );
  if (edited !== undefined) throw migrationEdited(edited.migration_name);
  const applied = new Set(rows.map(({ migration_name }) => migration_name));
  return wanted.map(({ name }) => name).filter((name) => !applied.has(name));
}

async function applyMigrations(pool: Pool, wanted: readonly Migration[]): Promise<void> {
  const engine = await createSchemaEngine(pool);
  try {
    await engine.applyMigrations({ filters, migrationsList: toMigrationList(wanted) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const name = /migration_name="([^"]+)"/.exec(message)?.[1];
    throw migrationFailed(name ?? 'a migration', message, error);
  } finally {
    engine.free();
  }
}

const toMigrationList = (wanted: readonly Migration[]): MigrationList => ({
  baseDir: 'prisma/migrations',
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
  shadowDbInitScript: '',
  migrationDirectories: wanted.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  })),
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const migrationEdited = (name: string) =>
  operationalError({
    code: 'HW_DATABASE_MIGRATION_EDITED',
    message: `The database at DATABASE_URL was made by another text of migration ${name}.`,
    fix: 'Start the version that made the database. A local stack that may lose its data: npm start -- --reset.',
  });

/** The database's words, without the engine's trace. */
const firstLines = (problem: string): string =>
  problem
    .replace(/^[^]*?Error querying the database: /, '')
    .replace(/\n\s+\d+: [^]*$/, '')
    .replace(/\s+/g, ' ')
    .slice(0, 500);

const migrationFailed = (name: string, problem: string, cause?: unknown) =>
  operationalError({
    code: 'HW_DATABASE_MIGRATION_FAILED',
    message: `Migration ${name} of the database at DATABASE_URL failed: ${firstLines(problem)}.`,
    fix: `Restore the backup taken before the upgrade, or repair the database and delete the row of ${name} from _prisma_migrations; then start again.`,
    cause,
  });

const databaseNewer = (names: readonly string[]) =>
  operationalError({
    code: 'HW_DATABASE_NEWER',
    message: `The database at DATABASE_URL was migrated by a newer Headwater: it has ${names.join(', ')}, which this version does not know.`,
    fix: 'Start the newer version, or restore the backup taken before the upgrade.',
  });
