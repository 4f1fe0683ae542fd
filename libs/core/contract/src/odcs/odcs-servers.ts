import { z } from 'zod';
import { customProperties, roles, stableId } from './odcs-parts.ts';

/** Fields of each server type of ODCS v3.1.0 (`$defs/ServerSource`): `!` required, `#` an integer. */
const SERVER_FIELDS: Readonly<Record<string, string>> = {
  api: 'location!',
  athena: 'stagingDir! schema! catalog regionName',
  azure: 'location! format! delimiter',
  bigquery: 'project! dataset!',
  clickhouse: 'host! port#! database!',
  databricks: 'host catalog! schema!',
  denodo: 'host! port#! database',
  dremio: 'host! port#! schema',
  duckdb: 'database! schema',
  glue: 'account! database! location format',
  cloudsql: 'host! port#! database! schema!',
  db2: 'host! port#! database! schema',
  hive: 'host! port# database!',
  impala: 'host! port# database!',
  informix: 'host! port# database!',
  zen: 'host! port# database!',
  custom:
    'account catalog database dataset delimiter endpointUrl format host location path port# project region regionName schema serviceName stagingDir warehouse stream',
  kafka: 'host! format',
  kinesis: 'region format',
  local: 'path! format!',
  mysql: 'host! port#! database!',
  oracle: 'host! port#! serviceName!',
  postgresql: 'host! port#! database! schema!',
  postgres: 'host! port#! database! schema!',
  presto: 'host! catalog schema',
  pubsub: 'project!',
  redshift: 'host database! schema! region account',
  s3: 'location! endpointUrl format delimiter',
  sftp: 'location! format delimiter',
  snowflake: 'host port# account! database! schema! warehouse',
  sqlserver: 'host! port# database! schema!',
  synapse: 'host! port#! database!',
  trino: 'host! port#! catalog! schema!',
  vertica: 'host! port#! database! schema!',
};

export const SERVER_TYPES: readonly string[] = Object.keys(SERVER_FIELDS);

const base = {
  id: stableId.optional(),
  server: z.string(),
  description: z.string().optional(),
  environment: z.string().optional(),
  roles: roles.optional(),
  customProperties: customProperties.optional(),
};

function field(spec: string): readonly [string, z.ZodType] {
  const name = spec.replace(/[#!]/g, '');
  const type = spec.includes('#') ? z.int() : z.string();
  return [name, spec.includes('!') ? type : type.optional()];
}

const variants = Object.entries(SERVER_FIELDS).map(([type, fields]) =>
  z.strictObject({ ...base, type: z.literal(type), ...Object.fromEntries(fields.split(' ').map(field)) }),
);

export const server = z.discriminatedUnion('type', variants as [(typeof variants)[number]]);
