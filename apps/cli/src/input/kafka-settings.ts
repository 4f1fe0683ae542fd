import {
  defineEnvironment,
  kafkaVariables,
  parseEnvironment,
  refusePlainNetwork,
  toKafkaSettings,
  type KafkaSettings,
} from '@headwater/platform-config';
import { readStackFile } from '@headwater/platform-embedded';
import type { CliEnvironment } from '../environment.ts';

const kafkaSchema = defineEnvironment(kafkaVariables);

/**
 * How to reach Kafka: the given bootstrap servers, else KAFKA_BOOTSTRAP_SERVERS, else those of the local stack; with the
 * security settings of the environment.
 */
export function kafkaSettings({ home, variables }: CliEnvironment, bootstrapServers?: string): KafkaSettings {
  const servers =
    bootstrapServers ?? (variables['KAFKA_BOOTSTRAP_SERVERS'] || readStackFile(home).addresses['kafka']);
  const values = parseEnvironment(kafkaSchema, { ...variables, KAFKA_BOOTSTRAP_SERVERS: servers });
  refusePlainNetwork(values, variables);
  return toKafkaSettings(values);
}
