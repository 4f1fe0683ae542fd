import { describe, expect, test } from 'vitest';
import { edited, without, type FaultBench, type Variables } from './fault-bench.ts';

/** Each way of a schema registry to be unusable. */
export function describeRegistryFaults({
  secured,
  plain,
  variables,
  port,
  examinations,
  expectFault,
}: FaultBench): void {
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
