export {
  defineEnvironment,
  listVariables,
  parseEnvironment,
  type EnvironmentVariables,
  type VariableDescription,
} from './environment.ts';
export { byteCount, duration, flag, hostPorts, integer, oneOf, port, text, url } from './fields.ts';
export {
  kafkaVariables,
  toKafkaSettings,
  type KafkaSettings,
  type KafkaVariables,
} from './kafka-security.ts';
export {
  databaseVariables,
  drainVariables,
  httpVariables,
  lakeVariables,
  logVariables,
  modeVariables,
  redisVariables,
  schemaRegistryVariables,
} from './known-variables.ts';
export { variable, type VariableFacts } from './variable.ts';
export { lineageVariables, toHeaders, traceVariables } from './telemetry-variables.ts';
