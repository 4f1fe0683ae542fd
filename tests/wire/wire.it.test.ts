import { startSecuredStack, type SecuredStack } from '@headwater/testkit';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { describeOwnServers } from './own-servers.ts';
import { describeSecuredStory } from './secured-story.ts';
import { describeServerFaults } from './server-faults.ts';

/** Everything over TLS, with logins, and with no more rights than are needed. One secured stack for all of it. */
let secured: SecuredStack;
const plain = inject('stack');

beforeAll(async () => {
  secured = await startSecuredStack({ schemaRegistryUrl: plain.schemaRegistryUrl, kafkaSessionMs: 6_000 });
});

afterAll(async () => {
  await secured?.stop();
});

/** The variables of an app that may do everything. */
const variables = () => ({
  DATABASE_URL: secured.databaseUrl,
  DATABASE_SSL_CA_FILE: secured.caFile,
  REDIS_URL: secured.redisUrl,
  REDIS_SSL_CA_FILE: secured.caFile,
  KAFKA_BOOTSTRAP_SERVERS: secured.kafka.bootstrapServers,
  KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
  KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
  KAFKA_SASL_USERNAME: secured.kafka.admin.username,
  KAFKA_SASL_PASSWORD: secured.kafka.admin.password,
  KAFKA_SSL_CA_FILE: secured.caFile,
  SCHEMA_REGISTRY_URL: secured.registry.url,
  SCHEMA_REGISTRY_USERNAME: secured.registry.username,
  SCHEMA_REGISTRY_PASSWORD: secured.registry.password,
  SCHEMA_REGISTRY_SSL_CA_FILE: secured.caFile,
});

describe('a server that is wrong says how', () => describeServerFaults(() => secured, plain, variables));

describe('the story', () => describeSecuredStory(() => secured, variables));

describe('your own servers', () => describeOwnServers(() => secured, variables));
