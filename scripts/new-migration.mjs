// Writes prisma/migrations/<time>_<name>/migration.sql: from the schema of the last commit to prisma/schema.prisma as it is.
// usage: DATABASE_URL=postgresql://... node scripts/new-migration.mjs <name_in_snake_case>
// Any Postgres will do: two schemas are compared, the engine only asks the server for its version.
// CHECK constraints, partial indexes and triggers are added to the file by hand: Prisma neither writes nor removes them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const [name] = process.argv.slice(2);
const databaseUrl = process.env.DATABASE_URL;
if (!/^[a-z][a-z0-9_]*$/.test(name ?? '') || databaseUrl === undefined) {
  console.error('usage: DATABASE_URL=postgresql://... node scripts/new-migration.mjs <name_in_snake_case>');
  process.exit(2);
}

const root = path.join(import.meta.dirname, '..');
const schema = readFileSync(path.join(root, 'prisma/schema.prisma'), 'utf8');
const committed = execFileSync('git', ['show', 'HEAD:prisma/schema.prisma'], { cwd: root, encoding: 'utf8' });
const asTarget = (content) => ({
  tag: 'schemaDatamodel',
  files: [{ path: 'schema.prisma', content }],
  configDir: '.',
});

const { stdout } = await (
  await createEngine()
).diff({
  from: asTarget(committed),
  to: asTarget(schema),
  script: true,
  exitCode: null,
  filters: { externalTables: [], externalEnums: [] },
  shadowDatabaseUrl: null,
});
if (/^\s*(-- This is an empty migration\.)?\s*$/.test(stdout)) {
  console.log('prisma/schema.prisma says what the last commit said: nothing to write.');
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = path.join(root, 'prisma/migrations', `${stamp}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'migration.sql'), stdout);
  console.log(
    `wrote ${path.relative(root, folder)}/migration.sql; read it, then run node scripts/generate.mjs`,
  );
}

async function createEngine() {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const glue = await import(pathToFileURL(entry.replace(/\.js$/, '_bg.js')).href);
  const { instance } = await WebAssembly.instantiate(readFileSync(entry.replace(/\.js$/, '_bg.wasm')), {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: databaseUrl })),
  );
}
