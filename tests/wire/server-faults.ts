import {
  databaseVariables,
  defineEnvironment,
  kafkaVariables,
  parseEnvironment,
  redisVariables,
  schemaRegistryVariables,
  toDatabaseUrl,
  toKafkaSettings,
  toRedisSettings,
  toRegistrySettings,
} from '@headwater/platform-config';
import {
  examineKafka,
  examinePostgres,
  examineRedis,
  examineRegistry,
  runSql,
  askRedis,
} from '@headwater/platform-wire';
import { startHandshakeOnly, type SecuredStack, type TestServer, type TestStack } from '@headwater/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHttp, startOldKafka, startPostgresWith, startRedisOf } from './stand-ins.ts';

type Variables = Readonly<Record<string, string>>;

/** Every server x fault: its own code, the variable to correct in the fix, no secret in either. */
export function describeServerFaults(
  secured: () => SecuredStack,
  plain: TestStack,
  variables: () => Variables,
): void {
  const open: TestServer[] = [];
  const standIns: Record<string, TestServer> = {};

  beforeAll(async () => {
    const { authority } = secured();
    const expired = authority.issue({
      commonName: 'localhost',
      validFrom: new Date('2020-01-01'),
      validTo: new Date('2020-02-01'),
    });
    const add = async (name: string, server: Promise<TestServer>) => {
      open.push((standIns[name] = await server));
    };
    await add('expired', startHandshakeOnly(expired));
    await add('expiredPostgres', startHandshakeOnly(expired, 'postgres'));
    await add('oldKafka', startOldKafka());
    await add('oldPostgres', startPostgresWith(['130012', 'f', 't']));
    await add('standby', startPostgresWith(['180000', 't', 't']));
    await add('oldRedis', startRedisOf('5.0.14'));
    await add('web', startHttp({ '/subjects': { hello: 'world' } }));
    await add(
      'confluent',
      startHttp({ '/subjects': [], '/v1/metadata/version': { version: '8.1.0', commitId: 'x' } }),
    );
    await add('karapace', startHttp({ '/subjects': [], '/_health': { schema_registry_ready: true } }));
    await runSql(secured().superDatabaseUrl, "CREATE ROLE guest LOGIN PASSWORD 'guest-canary'");
    await askRedisAdmin(['ACL', 'SETUSER', 'guest', 'on', '>guest-canary', '+ping']);
  });
  afterAll(async () => {
    await Promise.all(open.map((server) => server.close()));
  });

  const askRedisAdmin = (command: readonly string[]) =>
    askRedis(toRedisSettings(parseEnvironment(defineEnvironment(redisVariables), variables())), [command]);
  const port = (name: string): number => standIns[name]?.port ?? 0;
  const without = (...names: readonly string[]): Variables =>
    Object.fromEntries(names.map((name) => [name, '']));
  const edited = (url: string, edit: (url: URL) => void): string => {
    const changed = new URL(url);
    edit(changed);
    return changed.href;
  };

  const examinations = {
    kafka: (env: Variables) =>
      examineKafka(toKafkaSettings(parseEnvironment(defineEnvironment(kafkaVariables), env))),
    postgres: (env: Variables) =>
      examinePostgres(toDatabaseUrl(parseEnvironment(defineEnvironment(databaseVariables), env))),
    redis: (env: Variables) =>
      examineRedis(toRedisSettings(parseEnvironment(defineEnvironment(redisVariables), env))),
    registry: (env: Variables) =>
      examineRegistry(toRegistrySettings(parseEnvironment(defineEnvironment(schemaRegistryVariables), env))),
  };
  type Server = keyof typeof examinations;

  async function expectFault(server: Server, change: Variables, code: string, fix: RegExp): Promise<void> {
    const found = await examinations[server]({ ...variables(), ...change });
    const error = found.kind === 'unusable' ? found.error : undefined;
    expect(error?.code, JSON.stringify(found)).toBe(code);
    expect(error?.fix).toMatch(fix);
    const told = `${error?.message} ${error?.fix}`;
    for (const secret of [...secured().canaries, 'guest-canary']) expect(told).not.toContain(secret);
  }

  const noKafkaLogin = without('KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD');
  const plainKafka = {
    ...noKafkaLogin,
    ...without('KAFKA_SSL_CA_FILE'),
    KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT',
  };

  describe('Kafka', () => {
    test.each([
      ['PLAIN', () => ({ KAFKA_SASL_MECHANISM: 'PLAIN' })],
      ['SCRAM-SHA-256', () => ({ KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256' })],
      ['SCRAM-SHA-512', () => ({})],
      [
        'a client certificate',
        () => ({
          ...noKafkaLogin,
          KAFKA_BOOTSTRAP_SERVERS: secured().kafka.mutualServers,
          KAFKA_SECURITY_PROTOCOL: 'SSL',
          KAFKA_SSL_CERT_FILE: secured().client.certFile,
          KAFKA_SSL_KEY_FILE: secured().client.keyFile,
        }),
      ],
    ])('lets in with %s', async (_how, change) => {
      expect(await examinations.kafka({ ...variables(), ...change() })).toMatchObject({ kind: 'usable' });
    });

    test.each<[string, () => Variables, string, RegExp]>([
      [
        'nobody listens',
        () => ({ KAFKA_BOOTSTRAP_SERVERS: 'localhost:9' }),
        'HW_KAFKA_UNREACHABLE',
        /KAFKA_BOOTSTRAP_SERVERS/,
      ],
      [
        'it is a web server with TLS',
        () => ({ KAFKA_BOOTSTRAP_SERVERS: new URL(secured().registry.url).host }),
        'HW_KAFKA_OTHER_PROTOCOL',
        /KAFKA_BOOTSTRAP_SERVERS/,
      ],
      [
        'it is a Postgres',
        () => ({ ...plainKafka, KAFKA_BOOTSTRAP_SERVERS: new URL(plain.databaseUrl).host }),
        'HW_KAFKA_OTHER_PROTOCOL',
        /KAFKA_BOOTSTRAP_SERVERS/,
      ],
      ['the password is wrong', () => ({ KAFKA_SASL_PASSWORD: 'x' }), 'HW_KAFKA_LOGIN_REFUSED', /PASSWORD/],
      [
        'the password is wrong (PLAIN)',
        () => ({ KAFKA_SASL_PASSWORD: 'x', KAFKA_SASL_MECHANISM: 'PLAIN' }),
        'HW_KAFKA_LOGIN_REFUSED',
        /PASSWORD/,
      ],
      [
        'it asks for a login and none is set',
        () => ({ ...noKafkaLogin, KAFKA_SECURITY_PROTOCOL: 'SSL' }),
        'HW_KAFKA_LOGIN_MISSING',
        /KAFKA_SASL_USERNAME/,
      ],
      [
        'it knows no login',
        () => ({
          ...without('KAFKA_SSL_CA_FILE'),
          KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
          KAFKA_BOOTSTRAP_SERVERS: plain.kafkaBootstrapServers,
        }),
        'HW_KAFKA_MECHANISM_REFUSED',
        /KAFKA_SASL_MECHANISM/,
      ],
      [
        'another authority signed it',
        () => ({ KAFKA_SSL_CA_FILE: secured().strangerFile }),
        'HW_KAFKA_CERTIFICATE_UNTRUSTED',
        /KAFKA_SSL_CA_FILE/,
      ],
      [
        'only public authorities are trusted',
        () => without('KAFKA_SSL_CA_FILE'),
        'HW_KAFKA_CERTIFICATE_UNTRUSTED',
        /KAFKA_SSL_CA_FILE/,
      ],
      [
        'the certificate is for another name',
        () => ({
          KAFKA_BOOTSTRAP_SERVERS: secured().kafka.bootstrapServers.replace('localhost', '127.0.0.1'),
        }),
        'HW_KAFKA_CERTIFICATE_NAME',
        /KAFKA_BOOTSTRAP_SERVERS/,
      ],
      [
        'the certificate is expired',
        () => ({ KAFKA_BOOTSTRAP_SERVERS: `localhost:${port('expired')}` }),
        'HW_KAFKA_CERTIFICATE_EXPIRED',
        /renewed/,
      ],
      [
        'the client shows no certificate',
        () => ({
          ...noKafkaLogin,
          KAFKA_SECURITY_PROTOCOL: 'SSL',
          KAFKA_BOOTSTRAP_SERVERS: secured().kafka.mutualServers,
        }),
        'HW_KAFKA_CLIENT_CERTIFICATE_REFUSED',
        /KAFKA_SSL_CERT_FILE/,
      ],
      [
        'it speaks TLS and we do not',
        () => plainKafka,
        'HW_KAFKA_TLS_EXPECTED',
        /KAFKA_SECURITY_PROTOCOL to SASL_SSL/,
      ],
      [
        'we speak TLS and it does not',
        () => ({ KAFKA_BOOTSTRAP_SERVERS: plain.kafkaBootstrapServers }),
        'HW_KAFKA_TLS_NOT_SPOKEN',
        /KAFKA_SECURITY_PROTOCOL/,
      ],
      [
        'it is Kafka 2.8',
        () => ({ ...plainKafka, KAFKA_BOOTSTRAP_SERVERS: `localhost:${port('oldKafka')}` }),
        'HW_KAFKA_TOO_OLD',
        /Kafka 4\.0/,
      ],
    ])('%s', (_fault, change, code, fix) => expectFault('kafka', change(), code, fix));
  });

  const withDatabase = (edit: (url: URL) => void) => (): Variables => ({
    DATABASE_URL: edited(variables()['DATABASE_URL'] ?? '', edit),
  });
  const plainDatabase = (databaseUrl: string) => (): Variables => ({
    ...without('DATABASE_SSL_CA_FILE'),
    DATABASE_URL: databaseUrl,
  });

  describe('Postgres', () => {
    test('lets in with a checked certificate and a password', async () => {
      expect(await examinations.postgres(variables())).toMatchObject({ kind: 'usable' });
    });

    test.each<[string, () => Variables, string, RegExp]>([
      ['nobody listens', withDatabase((url) => (url.port = '9')), 'HW_DATABASE_UNREACHABLE', /DATABASE_URL/],
      [
        'it is a web server',
        () => plainDatabase(`postgresql://u:p@localhost:${port('web')}/x`)(),
        'HW_DATABASE_OTHER_PROTOCOL',
        /DATABASE_URL/,
      ],
      [
        'the password is wrong',
        withDatabase((url) => (url.password = 'x')),
        'HW_DATABASE_LOGIN_REFUSED',
        /password in DATABASE_URL/,
      ],
      [
        'there is no such database',
        withDatabase((url) => (url.pathname = '/nowhere')),
        'HW_DATABASE_MISSING',
        /Create the database/,
      ],
      [
        'another authority signed it',
        () => ({ DATABASE_SSL_CA_FILE: secured().strangerFile }),
        'HW_DATABASE_CERTIFICATE_UNTRUSTED',
        /DATABASE_SSL_CA_FILE/,
      ],
      [
        'only public authorities are trusted',
        () => without('DATABASE_SSL_CA_FILE'),
        'HW_DATABASE_CERTIFICATE_UNTRUSTED',
        /DATABASE_SSL_CA_FILE/,
      ],
      [
        'the certificate is for another name',
        withDatabase((url) => (url.hostname = '127.0.0.1')),
        'HW_DATABASE_CERTIFICATE_NAME',
        /DATABASE_URL/,
      ],
      [
        'the certificate is expired',
        withDatabase((url) => (url.port = String(port('expiredPostgres')))),
        'HW_DATABASE_CERTIFICATE_EXPIRED',
        /renewed/,
      ],
      [
        'it takes TLS only and we are plain',
        () =>
          plainDatabase(
            edited(variables()['DATABASE_URL'] ?? '', (url) => url.searchParams.delete('sslmode')),
          )(),
        'HW_DATABASE_TLS_EXPECTED',
        /sslmode=verify-full/,
      ],
      [
        'we want TLS and it has none',
        withDatabase((url) => {
          const { port: other } = new URL(plain.databaseUrl);
          url.port = other;
        }),
        'HW_DATABASE_TLS_NOT_SPOKEN',
        /ssl = on/,
      ],
      [
        'the user may not make tables',
        withDatabase((url) => {
          url.username = 'guest';
          url.password = 'guest-canary';
        }),
        'HW_DATABASE_RIGHTS_MISSING',
        /GRANT CREATE/,
      ],
      [
        'it is Postgres 13',
        () => plainDatabase(`postgresql://u:p@localhost:${port('oldPostgres')}/x`)(),
        'HW_DATABASE_TOO_OLD',
        /Postgres 14/,
      ],
      [
        'it is a standby',
        () => plainDatabase(`postgresql://u:p@localhost:${port('standby')}/x`)(),
        'HW_DATABASE_READ_ONLY',
        /primary/,
      ],
    ])('%s', (_fault, change, code, fix) => expectFault('postgres', change(), code, fix));
  });

  const withRedis = (edit: (url: URL) => void) => (): Variables => ({
    REDIS_URL: edited(variables()['REDIS_URL'] ?? '', edit),
  });
  const plainRedis = (redisUrl: string): Variables => ({
    ...without('REDIS_SSL_CA_FILE'),
    REDIS_URL: redisUrl,
  });

  describe('Redis', () => {
    test('lets in with a checked certificate and a password', async () => {
      expect(await examinations.redis(variables())).toMatchObject({ kind: 'usable' });
    });

    test.each<[string, () => Variables, string, RegExp]>([
      ['nobody listens', withRedis((url) => (url.port = '9')), 'HW_REDIS_UNREACHABLE', /REDIS_URL/],
      [
        'it is a web server',
        () => plainRedis(`redis://localhost:${port('web')}`),
        'HW_REDIS_OTHER_PROTOCOL',
        /REDIS_URL/,
      ],
      [
        'the password is wrong',
        withRedis((url) => (url.password = 'x')),
        'HW_REDIS_LOGIN_REFUSED',
        /password in REDIS_URL/,
      ],
      [
        'it asks for a login and none is set',
        withRedis((url) => {
          url.username = '';
          url.password = '';
        }),
        'HW_REDIS_LOGIN_MISSING',
        /REDIS_URL/,
      ],
      [
        'another authority signed it',
        () => ({ REDIS_SSL_CA_FILE: secured().strangerFile }),
        'HW_REDIS_CERTIFICATE_UNTRUSTED',
        /REDIS_SSL_CA_FILE/,
      ],
      [
        'the certificate is for another name',
        withRedis((url) => (url.hostname = '127.0.0.1')),
        'HW_REDIS_CERTIFICATE_NAME',
        /REDIS_URL/,
      ],
      [
        'the certificate is expired',
        withRedis((url) => (url.port = String(port('expired')))),
        'HW_REDIS_CERTIFICATE_EXPIRED',
        /renewed/,
      ],
      [
        'it speaks TLS and we do not',
        () => plainRedis((variables()['REDIS_URL'] ?? '').replace('rediss:', 'redis:')),
        'HW_REDIS_TLS_EXPECTED',
        /rediss:/,
      ],
      [
        'we speak TLS and it does not',
        () => ({ REDIS_URL: plain.redisUrl.replace('redis:', 'rediss:') }),
        'HW_REDIS_TLS_NOT_SPOKEN',
        /redis:/,
      ],
      [
        'the user may do nothing',
        withRedis((url) => {
          url.username = 'guest';
          url.password = 'guest-canary';
        }),
        'HW_REDIS_RIGHTS_MISSING',
        /ACL SETUSER/,
      ],
      [
        'it is Redis 5',
        () => plainRedis(`redis://localhost:${port('oldRedis')}`),
        'HW_REDIS_TOO_OLD',
        /6\.2/,
      ],
    ])('%s', (_fault, change, code, fix) => expectFault('redis', change(), code, fix));

    test('it may evict keys', async () => {
      await askRedisAdmin(['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru']);
      try {
        await expectFault('redis', {}, 'HW_REDIS_EVICTS', /noeviction/);
      } finally {
        await askRedisAdmin(['CONFIG', 'SET', 'maxmemory-policy', 'noeviction']);
      }
    });
  });

  const withRegistry = (edit: (url: URL) => void) => (): Variables => ({
    SCHEMA_REGISTRY_URL: edited(variables()['SCHEMA_REGISTRY_URL'] ?? '', edit),
  });
  const plainRegistry = (url: string): Variables => ({
    ...without('SCHEMA_REGISTRY_SSL_CA_FILE', 'SCHEMA_REGISTRY_USERNAME', 'SCHEMA_REGISTRY_PASSWORD'),
    SCHEMA_REGISTRY_URL: url,
  });
  const noRegistryLogin = without('SCHEMA_REGISTRY_USERNAME', 'SCHEMA_REGISTRY_PASSWORD');

  describe('the schema registry', () => {
    test.each([
      ['Apicurio', () => ({})],
      ['Apicurio', () => ({ ...noRegistryLogin, SCHEMA_REGISTRY_TOKEN: secured().registry.token })],
      ['Confluent', () => plainRegistry(`http://localhost:${port('confluent')}`)],
      ['Karapace', () => plainRegistry(`http://localhost:${port('karapace')}`)],
    ])('is recognised as %s', async (kind, change) => {
      const found = await examinations.registry({ ...variables(), ...change() });
      expect(found).toMatchObject({ kind: 'usable', found: expect.stringContaining(`(${kind})`) });
    });

    test.each<[string, () => Variables, string, RegExp]>([
      [
        'nobody listens',
        withRegistry((url) => (url.port = '9')),
        'HW_REGISTRY_UNREACHABLE',
        /SCHEMA_REGISTRY_URL/,
      ],
      [
        'it is a Kafka broker',
        () => plainRegistry(`http://${plain.kafkaBootstrapServers}`),
        'HW_REGISTRY_OTHER_PROTOCOL',
        /SCHEMA_REGISTRY_URL/,
      ],
      [
        'it is a web server',
        () => plainRegistry(`http://localhost:${port('web')}`),
        'HW_REGISTRY_OTHER_PROTOCOL',
        /path in SCHEMA_REGISTRY_URL/,
      ],
      [
        'the path is missing',
        withRegistry((url) => (url.pathname = '/')),
        'HW_REGISTRY_OTHER_PROTOCOL',
        /path in SCHEMA_REGISTRY_URL/,
      ],
      ['it asks for a login and none is set', () => noRegistryLogin, 'HW_REGISTRY_LOGIN_MISSING', /USERNAME/],
      [
        'the password is wrong',
        () => ({ SCHEMA_REGISTRY_PASSWORD: 'x' }),
        'HW_REGISTRY_LOGIN_REFUSED',
        /SCHEMA_REGISTRY_PASSWORD/,
      ],
      [
        'the token is wrong',
        () => ({ ...noRegistryLogin, SCHEMA_REGISTRY_TOKEN: 'x' }),
        'HW_REGISTRY_LOGIN_REFUSED',
        /SCHEMA_REGISTRY_TOKEN/,
      ],
      [
        'another authority signed it',
        () => ({ SCHEMA_REGISTRY_SSL_CA_FILE: secured().strangerFile }),
        'HW_REGISTRY_CERTIFICATE_UNTRUSTED',
        /SCHEMA_REGISTRY_SSL_CA_FILE/,
      ],
      [
        'the certificate is for another name',
        withRegistry((url) => (url.hostname = '127.0.0.1')),
        'HW_REGISTRY_CERTIFICATE_NAME',
        /SCHEMA_REGISTRY_URL/,
      ],
      [
        'the certificate is expired',
        withRegistry((url) => (url.port = String(port('expired')))),
        'HW_REGISTRY_CERTIFICATE_EXPIRED',
        /renewed/,
      ],
      [
        'it speaks TLS and we do not',
        () => plainRegistry((variables()['SCHEMA_REGISTRY_URL'] ?? '').replace('https:', 'http:')),
        'HW_REGISTRY_TLS_EXPECTED',
        /https:/,
      ],
      [
        'we speak TLS and it does not',
        () => ({ SCHEMA_REGISTRY_URL: plain.schemaRegistryUrl.replace('http:', 'https:') }),
        'HW_REGISTRY_TLS_NOT_SPOKEN',
        /http:/,
      ],
    ])('%s', (_fault, change, code, fix) => expectFault('registry', change(), code, fix));

    test('a missing path is found and told', async () => {
      const found = await examinations.registry({
        ...variables(),
        ...withRegistry((url) => (url.pathname = '/'))(),
      });
      expect(found).toMatchObject({
        error: { message: expect.stringContaining(`${secured().registry.url} is one`) },
      });
    });
  });
}
