import { userError } from '@headwater/kernel';
import {
  byteCount,
  databaseVariables,
  defineEnvironment,
  drainVariables,
  duration,
  httpVariables,
  integer,
  kafkaVariables,
  lakeStoreVariables,
  lineageVariables,
  logVariables,
  modeVariables,
  oneOf,
  parseEnvironment,
  redisVariables,
  text,
  traceVariables,
  variable,
  type EnvironmentVariables,
} from '@headwater/platform-config';

/** Variables of the staging worker. docs/environment.md is generated from this. */
export const environmentSchema = defineEnvironment({
  ...databaseVariables,
  ...redisVariables,
  ...kafkaVariables,
  ...lakeStoreVariables,
  ...logVariables,
  ...traceVariables,
  ...lineageVariables,
  ...modeVariables,
  ...httpVariables(4001),
  ...drainVariables,
  HEADWATER_WORKER_NAME: variable(text().optional(), {
    description: 'Name of this process in leases; made up when it is not set.',
    example: 'staging-worker-1',
  }),
  HEADWATER_ENGINE: variable(oneOf('auto', 'kernel', 'duckdb').default('auto'), {
    description:
      'What turns record sets into columns: the columnar kernel, plain DuckDB, or the kernel wherever it knows the shape of the contract (auto).',
    example: 'auto',
  }),
  STAGING_LANES_MAX: variable(integer(1, 10_000).default(500), {
    description: 'Most lanes this process owns.',
    example: '500',
  }),
  STAGING_LANE_BYTES_MAX: variable(byteCount().prefault('192MiB'), {
    description: 'Most bytes of record values one lane buffers, filling and landing together.',
    example: '192MiB',
  }),
  STAGING_PROCESS_BYTES_MAX: variable(byteCount().prefault('512MiB'), {
    description: 'Most bytes of record values all lanes of this process buffer.',
    example: '512MiB',
  }),
  STAGING_ENGINE_THREADS: variable(integer(1, 256).optional(), {
    description:
      'Most threads that judge records and write files; as many as there are cores when it is not set.',
    example: '8',
  }),
  STAGING_DUCKDB_MEMORY: variable(byteCount().prefault('1GiB'), {
    description:
      'Memory limit of DuckDB over all engine threads, which hold accepted rows until their file is written.',
    example: '1GiB',
  }),
  QUALITY_EVERY: variable(duration().prefault('5m'), {
    description:
      'The checks of a contract are measured after commits, at most once in this time per product.',
    example: '5m',
  }),
  STAGING_LEASE: variable(duration().prefault('5s'), {
    description: 'How long a lane stays with a worker that no longer answers.',
    example: '5s',
  }),
  STAGING_SWEEP: variable(duration().prefault('1s'), {
    description:
      'How often lanes without an owner are looked for; more than 3s would let a killed worker be missed too late.',
    example: '1s',
  }),
});

export function readEnvironment(env: EnvironmentVariables = process.env) {
  if (__HEADWATER_BARE__ && env['HEADWATER_BENCH_BARE'] !== '1') {
    throw userError({
      code: 'HW_STAGING_BARE_BUILD',
      message:
        'This build of the worker gives up intents, fences, ledger and quarantine to measure their cost.',
      fix: 'Start the worker of dist/release.',
    });
  }
  return {
    ...parseEnvironment(environmentSchema, env),
    /** A release build has nothing to arm. */
    ...(__HEADWATER_FAULTS__
      ? {
          faults: {
            controlFile: env['HEADWATER_FAULT_CONTROL_FILE'],
            firedFile: env['HEADWATER_FAULT_FIRED_FILE'],
            planted: env['HEADWATER_PLANT'],
            checkpointEvery: env['HEADWATER_FAULT_CHECKPOINT_EVERY'],
          },
        }
      : {}),
  };
}

export type Environment = ReturnType<typeof readEnvironment>;
