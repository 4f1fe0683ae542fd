import { HeadwaterError } from '@headwater/kernel';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
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
  redisVariables,
  refusePlainNetwork,
  schemaRegistryVariables,
  toKafkaSettings,
  toRegistrySettings,
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
  HEADWATER_INSECURE: '1',
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

test.each([
  [{ KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT' }, 'without login'],
  [
    {
      KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
      KAFKA_SASL_MECHANISM: 'PLAIN',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
    },
    'the password readable',
  ],
])('%o is refused outside local mode, with a code of its own', (given, reason) => {
  const error = problemsOf({ ...complete, ...given, HEADWATER_INSECURE: '0' });
  expect(error.code).toBe('HW_CONFIG_PLAINTEXT_KAFKA');
  expect(error.message).toContain(reason);
});

test.each([
  ['127.0.0.1:9092,localhost:9093', {}, false],
  ['broker:9092', {}, true],
  ['127.0.0.1:9092,broker:9092', {}, true],
  ['broker:9092', { HEADWATER_INSECURE: '1' }, false],
  ['broker:9092', { KAFKA_SECURITY_PROTOCOL: 'SSL' }, false],
])('plain Kafka at %s with %o leaves this machine: %s', (servers, env, isRefused) => {
  const values = parseEnvironment(defineEnvironment(kafkaVariables), {
    ...env,
    KAFKA_BOOTSTRAP_SERVERS: servers,
  });
  const refuse = () => refusePlainNetwork(values, env);
  if (isRefused) expect(refuse).toThrow(/over the network without encryption/);
  else expect(refuse).not.toThrow();
});

test('a secret may come from a file; both at once, or a file that is not there, is a problem without its value', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-secret-'));
  const file = path.join(folder, 'password');
  const login = {
    ...complete,
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: 'u',
    KAFKA_SASL_PASSWORD_FILE: file,
  };
  writeFileSync(file, 'first-canary\n');
  const { sasl } = toKafkaSettings(parseEnvironment(schema, login));
  expect(sasl).toMatchObject({ password: 'first-canary' });
  writeFileSync(file, 'second-canary\n');
  expect(sasl?.readPassword?.()).toBe('second-canary');

  const both = problemsOf({ ...login, KAFKA_SASL_PASSWORD: 'third-canary' });
  expect(both.path).toContain('KAFKA_SASL_PASSWORD_FILE');
  expect(both.message).not.toContain('canary');
  rmSync(folder, { recursive: true });
  expect(problemsOf(login).message).toContain(`KAFKA_SASL_PASSWORD_FILE names ${file}, which cannot be read`);
});

describe('settings that only make sense together', () => {
  const registry = defineEnvironment({ ...databaseVariables, ...redisVariables, ...schemaRegistryVariables });
  const servers = {
    DATABASE_URL: complete.DATABASE_URL,
    REDIS_URL: 'redis://127.0.0.1:6379',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081',
  };
  const caFile = path.join(import.meta.dirname, 'index.ts');

  test.each([
    [{ REDIS_SSL_CA_FILE: caFile }, /REDIS_URL does not encrypt/],
    [{ REDIS_SSL_CA_FILE: caFile, REDIS_URL: 'rediss://x' }, /holds no certificate/],
    [{ DATABASE_SSL_CA_FILE: caFile }, /DATABASE_URL does not ask for a checked certificate/],
    [{ DATABASE_URL: `${complete.DATABASE_URL}?sslmode=verify` }, /an sslmode that Postgres does not know/],
    [{ SCHEMA_REGISTRY_SSL_CA_FILE: caFile }, /SCHEMA_REGISTRY_URL does not encrypt/],
    [{ SCHEMA_REGISTRY_USERNAME: 'u' }, /SCHEMA_REGISTRY_PASSWORD is not set/],
    [
      { SCHEMA_REGISTRY_USERNAME: 'u', SCHEMA_REGISTRY_PASSWORD: 'canary', SCHEMA_REGISTRY_TOKEN: 'canary' },
      /beside a user/,
    ],
  ])('%o', (given, problem) => {
    const parse = () => parseEnvironment(registry, { ...servers, ...given });
    expect(parse).toThrow(problem);
    expect(parse).not.toThrow('canary');
  });

  test('a login of the registry comes from its variables, else from the address, which is kept without it', () => {
    const settings = (given: EnvironmentVariables) =>
      toRegistrySettings(parseEnvironment(registry, { ...servers, ...given }));
    const SCHEMA_REGISTRY_URL = 'https://ada:love%20lace@registry:8081/apis/';
    const url = 'https://registry:8081/apis';
    expect(settings({ SCHEMA_REGISTRY_URL })).toEqual({
      url,
      login: { kind: 'basic', username: 'ada', password: 'love lace' },
    });
    expect(settings({ SCHEMA_REGISTRY_URL, SCHEMA_REGISTRY_TOKEN: 't' })).toEqual({
      url,
      login: { kind: 'bearer', token: 't' },
    });
  });
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
