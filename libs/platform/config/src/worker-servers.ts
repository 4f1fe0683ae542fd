import { toKafkaSettings, type KafkaSettings, type KafkaVariables } from './kafka-security.ts';
import {
  toDatabaseUrl,
  toRedisSettings,
  type DatabaseVariables,
  type RedisSettings,
  type RedisVariables,
} from './server-settings.ts';

/** The servers every worker needs. */
export interface ServerSettings {
  readonly databaseUrl: string;
  readonly redis: RedisSettings;
  readonly kafka: KafkaSettings;
}

export const toServerSettings = (
  values: DatabaseVariables & RedisVariables & KafkaVariables,
): ServerSettings => ({
  databaseUrl: toDatabaseUrl(values),
  redis: toRedisSettings(values),
  kafka: toKafkaSettings(values),
});
