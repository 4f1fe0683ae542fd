import kafkajs from 'kafkajs';
import type { Kafka, RetryOptions } from 'kafkajs';
import { HeadwaterError, operationalError, userError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import { plugCompressionCodecs } from './compression-codecs.ts';
import { keepTimeoutsPositive } from './positive-timeouts.ts';

/** A kafkajs client as a domain team would set it up, silent: what goes wrong reaches the caller as an error. */
export function newDomainKafka(settings: KafkaSettings, clientId: string, retry: RetryOptions): Kafka {
  plugCompressionCodecs();
  keepTimeoutsPositive();
  const { bootstrapServers, sasl, tls } = settings;
  return new kafkajs.Kafka({
    clientId,
    brokers: [...bootstrapServers],
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    // Brokers refuse a renewal within a second of the last one: with the usual ten seconds, sessions of less than
    // eleven would be renewed with each request.
    reauthenticationThreshold: 3_000,
    retry,
    logLevel: kafkajs.logLevel.NOTHING,
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: toSasl(sasl) }),
  });
}

function toSasl({ mechanism, username, ...sasl }: NonNullable<KafkaSettings['sasl']>) {
  const password = sasl.readPassword?.() ?? sasl.password;
  switch (mechanism) {
    case 'PLAIN':
      return { mechanism: 'plain', username, password } as const;
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256', username, password } as const;
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512', username, password } as const;
  }
}

/** What went wrong while `action` was tried on the topic, with the variable to look at. */
export function toDomainClientError(
  error: unknown,
  settings: KafkaSettings,
  topic: string,
  action: 'produce to' | 'read',
): HeadwaterError {
  if (error instanceof HeadwaterError) return error;
  if (isUnknownTopic(error)) return topicMissing(topic);
  const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  const servers = settings.bootstrapServers.join(',');
  if (isLoginRefusal(error)) {
    return operationalError({
      code: 'HW_KAFKA_LOGIN_REFUSED',
      message: `The Kafka brokers at ${servers} refused the login to ${action} topic ${topic}: ${reason}.`,
      fix: 'Correct KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.',
      cause: error,
    });
  }
  return operationalError({
    code: 'HW_KAFKA_CLIENT_FAILED',
    message: `The Kafka client could not ${action} topic ${topic} at ${servers}: ${reason}.`,
    fix: 'Check KAFKA_BOOTSTRAP_SERVERS, KAFKA_SECURITY_PROTOCOL, and what this principal may do.',
    canRetry: true,
    cause: error,
  });
}

const isUnknownTopic = (error: unknown): boolean =>
  error instanceof Error &&
  (('type' in error && error.type === 'UNKNOWN_TOPIC_OR_PARTITION') || isUnknownTopic(error.cause));

const isLoginRefusal = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'KafkaJSSASLAuthenticationError' || isLoginRefusal(error.cause));

const topicMissing = (topic: string): HeadwaterError =>
  userError({
    code: 'HW_KAFKA_TOPIC_MISSING',
    message: `There is no topic ${topic} on the cluster.`,
    fix: 'Onboard its data product first (`headwater apply -f`), or correct the name.',
    path: topic,
  });
