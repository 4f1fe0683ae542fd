import type { DataProduct } from '@headwater/core-mesh';
import type { RetentionPolicy } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toTopicConfigs } from '../topic/topic.map.ts';
import { topicConfigsOf } from './compile-retention.ts';

export const toRetentionPolicy = ({ retention, generation }: DataProduct): RetentionPolicy => ({
  period: retention.periodMs,
  mode: toEnumName(retention.mode),
  topicConfigs: toTopicConfigs(topicConfigsOf(retention)),
  version: generation,
});
