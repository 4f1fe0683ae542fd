import { HeadwaterError } from '@headwater/kernel';
import { expect, test } from 'vitest';
import {
  byteCount,
  databaseVariables,
  defineEnvironment,
  duration,
  httpVariables,
  kafkaVariables,
  lakeVariables,
  listVariables,
  modeVariables,
  parseEnvironment,
  toKafkaSettings,
  variable,
  type EnvironmentVariables,
} from './index.ts';

const schema = defineEnvironment({
  ...databaseVariables,
  ...kafkaVariables,
  ...lakeVariables,
  ...modeVariables,
  ...httpVariables(4000),
  FLUSH_INTERVAL: variable(duration().default(1000), { description: 'How often.', example: '1s' }),
  FLUSH_BYTES: variable(byteCount().optional(), { description: 'How much.', example: '8MiB' }),
});

const complete = {
  DATABASE_URL: 'postgresql://headwater:hunter2@127.0.0.1:5432/headwater',
  KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9092, broker-2:9093',
  LAKE_URL: 'file:///var/lib/headwater/lake',
};

function problemsOf(env: EnvironmentVariables): HeadwaterError {
  try {
    parseEnvironment(schema, env);
  } catch (error) {
    if (error instanceof HeadwaterError) return error;
  }
  throw new Error('the environment was accepted');
}

test('values arrive typed and defaults fill what is not set', () => {
  const env = parseEnvironment(schema, { ...complete, HEADWATER_INSECURE: 'TRUE', FLUSH_BYTES: '8MiB' });
  expect(env).toMatchObject({
    KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:9092', 'broker-2:9093'],
    HEADWATER_INSECURE: true,
    HEADWATER_LANG: 'en',
    HEADWATER_HTTP_PORT: 4000,
    FLUSH_INTERVAL: 1000,
    FLUSH_BYTES: 8_388_608,
  });
});

test('a blank variable counts as not set', () => {
  expect(parseEnvironment(schema, { ...complete, HEADWATER_HTTP_PORT: ' ' }).HEADWATER_HTTP_PORT).toBe(4000);
  expect(problemsOf({ ...complete, LAKE_URL: '' }).message).toContain('LAKE_URL is not set');
});

test('every problem is reported at once, each with its variable and its fix', () => {
  const error = problemsOf({
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    KAFKA_BOOTSTRAP_SERVERS: 'kafka://broker:9092',
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SSL_CA_FILE: '/nowhere/ca.pem',
    HEADWATER_HTTP_PORT: '70000',
    FLUSH_INTERVAL: '5',
  });
  expect(error.code).toBe('HW_CONFIG_INVALID');
  expect(error.kind).toBe('user');
  expect(error.path?.split(',')).toEqual([
    'DATABASE_URL',
    'KAFKA_BOOTSTRAP_SERVERS',
    'LAKE_URL',
    'HEADWATER_HTTP_PORT',
    'FLUSH_INTERVAL',
    'KAFKA_SASL_USERNAME',
    'KAFKA_SASL_PASSWORD',
    'KAFKA_SSL_CA_FILE',
  ]);
  expect(error.message).toContain('Set it, for example LAKE_URL=file:///var/lib/headwater/lake');
});

test('the value of a secret is in no message', () => {
  const error = problemsOf({
    ...complete,
    DATABASE_URL: 'not a url hunter2',
    KAFKA_SASL_PASSWORD: 'hunter2',
  });
  expect(error.path).toBe('DATABASE_URL,KAFKA_SASL_PASSWORD');
  expect(error.message).not.toContain('hunter2');
});

test.each([
  ['plain', {}, { bootstrapServers: ['127.0.0.1:9092', 'broker-2:9093'] }],
  [
    'login',
    {
      KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
      KAFKA_SASL_MECHANISM: 'PLAIN',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    },
    {
      bootstrapServers: ['127.0.0.1:9092', 'broker-2:9093'],
      sasl: { mechanism: 'PLAIN', username: 'u', password: 'p' },
    },
  ],
  [
    'encrypted',
    { KAFKA_SECURITY_PROTOCOL: 'SSL' },
    { bootstrapServers: ['127.0.0.1:9092', 'broker-2:9093'], tls: {} },
  ],
] as const)('Kafka settings for a %s connection', (_name, given, settings) => {
  expect(toKafkaSettings(parseEnvironment(schema, { ...complete, ...given }))).toEqual(settings);
});

test('listed variables say whether they are required, secret and what they default to', () => {
  const listed = Object.fromEntries(listVariables(schema).map((entry) => [entry.name, entry]));
  expect(listed['DATABASE_URL']).toMatchObject({ isRequired: true, isSecret: true });
  expect(listed['HEADWATER_HTTP_PORT']).toMatchObject({ isRequired: false, defaultValue: '4000' });
  expect(listed['FLUSH_BYTES']).toEqual({
    name: 'FLUSH_BYTES',
    description: 'How much.',
    example: '8MiB',
    isRequired: false,
    isSecret: false,
  });
});
