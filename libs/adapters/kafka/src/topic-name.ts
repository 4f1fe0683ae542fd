import { userError } from '@headwater/kernel';
import type { HeadwaterError } from '@headwater/kernel';

const LEGAL = /^[a-zA-Z0-9._-]{1,249}$/;

/** True for topics that Kafka or the registry keep for themselves. */
export const isInternalTopic = (name: string): boolean => name.startsWith('__') || name === '_schemas';

/** @throws HeadwaterError user HW_KAFKA_TOPIC_NAME_INVALID, HW_KAFKA_TOPIC_INTERNAL */
export function requireOwnTopic(name: string, action: string): void {
  if (!LEGAL.test(name) || name === '.' || name === '..') throw invalidTopicName(name);
  if (isInternalTopic(name)) {
    throw userError({
      code: 'HW_KAFKA_TOPIC_INTERNAL',
      message: `Topic ${name} belongs to the cluster; Headwater does not ${action} it.`,
      fix: 'Choose a topic of a data product.',
      path: name,
    });
  }
}

const invalidTopicName = (name: string): HeadwaterError =>
  userError({
    code: 'HW_KAFKA_TOPIC_NAME_INVALID',
    message: `${JSON.stringify(name)} is not a topic name.`,
    fix: 'Use 1 to 249 of the characters a-z, A-Z, 0-9, dot, underscore and hyphen.',
    path: name,
  });

export const topicMissing = (name: string): HeadwaterError =>
  userError({
    code: 'HW_KAFKA_TOPIC_MISSING',
    message: `There is no topic ${name} on the cluster.`,
    fix: 'Create the topic or correct its name.',
    path: name,
  });
