import path from 'node:path';
import { defaultPolicySettings } from '@headwater/core-policy';
import { operationalError } from '@headwater/kernel';
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
  toKafkaSettings,
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
  if (!env.HEADWATER_INSECURE && kafka.tls === undefined && kafka.sasl === undefined) throw plaintextKafka;
  const settings: Settings = {
    version: '0.1.0',
    isInsecure: env.HEADWATER_INSECURE,
    kafkaBootstrapServers: kafka.bootstrapServers.join(','),
    schemaRegistryUrl: withoutLogin(env.SCHEMA_REGISTRY_URL),
    lakeUrl: env.LAKE_URL.replace(/\/+$/, ''),
    policies: defaultPolicySettings(env.HEADWATER_INSECURE ? 'local' : 'shared'),
    home: path.resolve(env.HEADWATER_HOME),
  };
  return {
    settings,
    kafka,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    schemaRegistryUrl: env.SCHEMA_REGISTRY_URL,
    logLevel: env.LOG_LEVEL,
    http: { host: env.HEADWATER_HTTP_HOST, port: env.HEADWATER_HTTP_PORT },
    drainDeadlineMs: env.HEADWATER_DRAIN_DEADLINE,
  };
}

export type Environment = ReturnType<typeof readEnvironment>;

const plaintextKafka = operationalError({
  code: 'HW_CONFIG_PLAINTEXT_KAFKA',
  message: 'Kafka would be used without encryption and without login.',
  fix: 'Set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL, or HEADWATER_INSECURE=1 on a machine of your own.',
});

function withoutLogin(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.toString().replace(/\/+$/, '');
}
