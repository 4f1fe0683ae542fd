export {
  defineEnvironment,
  listVariables,
  parseEnvironment,
  type VariableDescription,
} from './environment.ts';
export type { EnvironmentVariables } from './environment-variables.ts';
export { byteCount, duration, flag, hostPorts, integer, oneOf, port, text, url } from './fields.ts';
export {
  kafkaVariables,
  refusePlainNetwork,
  toKafkaSettings,
  type KafkaSettings,
  type KafkaVariables,
} from './kafka-security.ts';
export { drainVariables, httpVariables, logVariables, modeVariables } from './known-variables.ts';
export { lakeStoreVariables, lakeVariables, toS3Settings, type S3Settings } from './lake-settings.ts';
export { toServerSettings, type ServerSettings } from './worker-servers.ts';
export { givenSecret, secretFileOf } from './secret-file.ts';
export {
  databaseVariables,
  redisVariables,
  schemaRegistryVariables,
  toDatabaseUrl,
  toRedisSettings,
  toRegistrySettings,
  type RedisSettings,
  type RegistryLogin,
  type RegistrySettings,
} from './server-settings.ts';
export { variable, type VariableFacts } from './variable.ts';
export { lineageVariables, toHeaders, traceVariables } from './telemetry-variables.ts';
