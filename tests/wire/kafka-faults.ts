import { describe, expect, test } from 'vitest';
import { without, type FaultBench, type Variables } from './fault-bench.ts';

/** Each way of a Kafka cluster to be unusable. */
export function describeKafkaFaults({
  secured,
  plain,
  variables,
  port,
  examinations,
  expectFault,
}: FaultBench): void {
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
}
