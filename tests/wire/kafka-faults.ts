import { describe, expect, test } from 'vitest';
import type { FaultBench } from './fault-bench.ts';
import { noKafkaLogin, without } from './server-variables.ts';

/** Each way of a Kafka cluster to be unusable. */
export function describeKafkaFaults({ secured, plain, port, faultsOf }: FaultBench): void {
  const { examine, plainAt, testEach } = faultsOf('kafka');
  const throughMutualTls = () => ({
    ...noKafkaLogin,
    KAFKA_BOOTSTRAP_SERVERS: secured().kafka.mutualServers,
    KAFKA_SECURITY_PROTOCOL: 'SSL',
  });

  describe('Kafka', () => {
    test.each([
      ['PLAIN', () => ({ KAFKA_SASL_MECHANISM: 'PLAIN' })],
      ['SCRAM-SHA-256', () => ({ KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256' })],
      ['SCRAM-SHA-512', () => ({})],
      [
        'a client certificate',
        () => ({
          ...throughMutualTls(),
          KAFKA_SSL_CERT_FILE: secured().client.certFile,
          KAFKA_SSL_KEY_FILE: secured().client.keyFile,
        }),
      ],
    ])('lets in with %s', async (_how, change) => {
      expect(await examine(change())).toMatchObject({ kind: 'usable' });
    });

    testEach([
      [
        'it is a web server with TLS',
        () => ({ KAFKA_BOOTSTRAP_SERVERS: new URL(secured().registry.url).host }),
        'OTHER_PROTOCOL',
        /KAFKA_BOOTSTRAP_SERVERS/,
      ],
      [
        'it is a Postgres',
        () => plainAt(new URL(plain.databaseUrl).host),
        'OTHER_PROTOCOL',
        /KAFKA_BOOTSTRAP_SERVERS/,
      ],
      ['the password is wrong', () => ({ KAFKA_SASL_PASSWORD: 'x' }), 'LOGIN_REFUSED', /PASSWORD/],
      [
        'the password is wrong (PLAIN)',
        () => ({ KAFKA_SASL_PASSWORD: 'x', KAFKA_SASL_MECHANISM: 'PLAIN' }),
        'LOGIN_REFUSED',
        /PASSWORD/,
      ],
      [
        'it asks for a login and none is set',
        () => ({ ...noKafkaLogin, KAFKA_SECURITY_PROTOCOL: 'SSL' }),
        'LOGIN_MISSING',
        /KAFKA_SASL_USERNAME/,
      ],
      [
        'it knows no login',
        () => ({
          ...without('KAFKA_SSL_CA_FILE'),
          KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
          KAFKA_BOOTSTRAP_SERVERS: plain.kafkaBootstrapServers,
        }),
        'MECHANISM_REFUSED',
        /KAFKA_SASL_MECHANISM/,
      ],
      [
        'the client shows no certificate',
        throughMutualTls,
        'CLIENT_CERTIFICATE_REFUSED',
        /KAFKA_SSL_CERT_FILE/,
      ],
      [
        'it speaks TLS and we do not',
        () => plainAt(secured().kafka.bootstrapServers),
        'TLS_EXPECTED',
        /KAFKA_SECURITY_PROTOCOL to SASL_SSL/,
      ],
      [
        'we speak TLS and it does not',
        () => ({ KAFKA_BOOTSTRAP_SERVERS: plain.kafkaBootstrapServers }),
        'TLS_NOT_SPOKEN',
        /KAFKA_SECURITY_PROTOCOL/,
      ],
      ['it is Kafka 2.8', () => plainAt(`localhost:${port('oldKafka')}`), 'TOO_OLD', /Kafka 4\.0/],
    ]);
  });
}
