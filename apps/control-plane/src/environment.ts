import path from 'node:path';
import { defaultPolicySettings } from '@headwater/core-policy';
import {
  databaseVariables,
  defineEnvironment,
  drainVariables,
  httpVariables,
  kafkaVariables,
  lakeVariables,
  logVariables,
  modeVariables,
  parseEnvironment,
  redisVariables,
  schemaRegistryVariables,
  toDatabaseUrl,
  toHeaders,
  toKafkaSettings,
  toRedisSettings,
  toRegistrySettings,
  toS3Settings,
  traceVariables,
  variable,
  text,
  type EnvironmentVariables,
} from '@headwater/platform-config';
import type { Settings } from './settings.ts';

export const environmentSchema = defineEnvironment({
  ...databaseVariables,
  ...kafkaVariables,
  ...schemaRegistryVariables,
  ...redisVariables,
  ...lakeVariables,
  ...logVariables,
  ...traceVariables,
  ...modeVariables,
  ...drainVariables,
  ...httpVariables(7070),
  HEADWATER_HOME: variable(text().default('.headwater'), {
    description: 'Folder of local state; the administrator token of local mode is written there.',
    example: '/var/lib/headwater',
  }),
});

/** Everything this process was told, once, with every problem reported at once. */
export function readEnvironment(variables: EnvironmentVariables = process.env) {
  const env = parseEnvironment(environmentSchema, variables);
  const kafka = toKafkaSettings(env);
  const registry = toRegistrySettings(env);
  const settings: Settings = {
    version: '0.1.0',
    isInsecure: env.HEADWATER_INSECURE,
    kafkaBootstrapServers: kafka.bootstrapServers.join(','),
    schemaRegistryUrl: registry.url,
    lakeUrl: env.LAKE_URL.replace(/\/+$/, ''),
    policies: defaultPolicySettings(env.HEADWATER_INSECURE ? 'local' : 'shared'),
    home: path.resolve(env.HEADWATER_HOME),
  };
  return {
    settings,
    kafka,
    s3: toS3Settings(env),
    databaseUrl: toDatabaseUrl(env),
    redis: toRedisSettings(env),
    registry,
    logLevel: env.LOG_LEVEL,
    traces: {
      endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
      headers: toHeaders(env.OTEL_EXPORTER_OTLP_HEADERS),
    },
    http: { host: env.HEADWATER_HTTP_HOST, port: env.HEADWATER_HTTP_PORT },
    drainDeadlineMs: env.HEADWATER_DRAIN_DEADLINE,
  };
}

export type Environment = ReturnType<typeof readEnvironment>;
