import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, DriverAdapterError } from '@prisma/driver-adapter-utils';
import { DatabaseError, type Pool } from 'pg';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';

interface EngineGlue {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: object): void;
}

/** As much of the WebAssembly interface as is used here; the compiler knows no library that declares it. */
interface WebAssemblyInterface {
  instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, object>>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}

/**
 * Prisma's migration engine as WebAssembly, speaking through our own connections. The package's entry imports its .wasm
 * file as a module, which Node and bundles cannot, so the two halves are joined here.
 */
export async function createSchemaEngine(pool: Pool): Promise<SchemaEngine> {
  glue ??= loadGlue();
  const adapters = bindMigrationAwareSqlAdapterFactory(createMigrationAdapters(pool));
  return (await glue).SchemaEngine.new({ datamodels: undefined }, () => undefined, adapters);
}

/** Runs a migration as one script, which Postgres carries out whole or not at all; the adapter would cut it at each `;`. */
function createMigrationAdapters(pool: Pool): PrismaPg {
  const adapters = new PrismaPg(pool);
  const connect = adapters.connect.bind(adapters);
  adapters.connect = async () => {
    const adapter = await connect();
    adapter.executeScript = async (script) => {
      await pool.query(script).catch(refuse);
    };
    return adapter;
  };
  return adapters;
}

/** As the engine expects a database's refusal, so that it records it. */
function refuse(error: unknown): never {
  if (!(error instanceof DatabaseError)) throw error;
  const { code = '', severity = 'ERROR', message, detail, column, hint } = error;
  throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
}

/** Loaded once: the glue keeps its instance in a variable of its module, so a second one would break the first. */
let glue: Promise<EngineGlue> | undefined;

async function loadGlue(): Promise<EngineGlue> {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const glueFile = entry.replace(/\.js$/, '_bg.js');
  const loaded = (await import(/* @vite-ignore */ pathToFileURL(glueFile).href)) as EngineGlue;
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface };
  const { instance } = await WebAssembly.instantiate(await readFile(entry.replace(/\.js$/, '_bg.wasm')), {
    './schema_engine_bg.js': loaded,
  });
  loaded.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return loaded;
}
