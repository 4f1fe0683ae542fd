import {
  databaseVariables,
  defineEnvironment,
  drainVariables,
  duration,
  httpVariables,
  integer,
  kafkaVariables,
  lakeStoreVariables,
  logVariables,
  modeVariables,
  parseEnvironment,
  redisVariables,
  text,
  variable,
  type EnvironmentVariables,
} from '@headwater/platform-config';

/** Variables of the retention worker. docs/environment.md is generated from this. */
export const environmentSchema = defineEnvironment({
  ...databaseVariables,
  ...redisVariables,
  ...kafkaVariables,
  ...lakeStoreVariables,
  ...logVariables,
  ...modeVariables,
  ...httpVariables(4002),
  ...drainVariables,
  HEADWATER_WORKER_NAME: variable(text().optional(), {
    description: 'Name of this process in leases; made up when it is not set.',
    example: 'retention-worker-1',
  }),
  RETENTION_SCHEDULE: variable(duration().default(30_000), {
    description: 'How often products that are due for a retention run are looked for.',
    example: '30s',
  }),
  RETENTION_CONCURRENCY: variable(integer(1, 64).default(2), {
    description: 'Products this process works on at the same time.',
    example: '2',
  }),
  RETENTION_RECORDS_MAX: variable(integer(1, 999_999_999_999).default(1_000_000_000), {
    description: 'Records one action may remove without a person applying the plan.',
    example: '1000000000',
  }),
});

export const readEnvironment = (env: EnvironmentVariables = process.env) => ({
  ...parseEnvironment(environmentSchema, env),
  /** A release build has nothing to arm. */
  ...(__HEADWATER_FAULTS__
    ? {
        faults: {
          controlFile: env['HEADWATER_FAULT_CONTROL_FILE'],
          firedFile: env['HEADWATER_FAULT_FIRED_FILE'],
        },
      }
    : {}),
});

export type Environment = ReturnType<typeof readEnvironment>;
