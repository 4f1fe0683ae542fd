import { describe, expect, test } from 'vitest';
import type { FaultBench } from './fault-bench.ts';
import { noRegistryLogin } from './server-variables.ts';

/** Each way of a schema registry to be unusable. */
export function describeRegistryFaults({ secured, plain, port, faultsOf }: FaultBench): void {
  const { examine, moved, plainAt, testEach } = faultsOf('registry');
  const standIn = (name: string): string => `http://localhost:${port(name)}`;
  const withoutPath = () => moved((url) => (url.pathname = '/'));

  describe('the schema registry', () => {
    test.each([
      ['Apicurio', () => ({})],
      ['Apicurio', () => ({ ...noRegistryLogin, SCHEMA_REGISTRY_TOKEN: secured().registry.token })],
      ['Confluent', () => plainAt(standIn('confluent'))],
      ['Karapace', () => plainAt(standIn('karapace'))],
    ])('is recognised as %s', async (kind, change) => {
      const found = await examine(change());
      expect(found).toMatchObject({ kind: 'usable', found: expect.stringContaining(`(${kind})`) });
    });

    testEach([
      [
        'it is a Kafka broker',
        () => plainAt(`http://${plain.kafkaBootstrapServers}`),
        'OTHER_PROTOCOL',
        /SCHEMA_REGISTRY_URL/,
      ],
      ['it is a web server', () => plainAt(standIn('web')), 'OTHER_PROTOCOL', /path in SCHEMA_REGISTRY_URL/],
      ['the path is missing', withoutPath, 'OTHER_PROTOCOL', /path in SCHEMA_REGISTRY_URL/],
      ['it asks for a login and none is set', () => noRegistryLogin, 'LOGIN_MISSING', /USERNAME/],
      [
        'the password is wrong',
        () => ({ SCHEMA_REGISTRY_PASSWORD: 'x' }),
        'LOGIN_REFUSED',
        /SCHEMA_REGISTRY_PASSWORD/,
      ],
      [
        'the token is wrong',
        () => ({ ...noRegistryLogin, SCHEMA_REGISTRY_TOKEN: 'x' }),
        'LOGIN_REFUSED',
        /SCHEMA_REGISTRY_TOKEN/,
      ],
      [
        'it speaks TLS and we do not',
        () => plainAt(secured().registry.url.replace('https:', 'http:')),
        'TLS_EXPECTED',
        /https:/,
      ],
      [
        'we speak TLS and it does not',
        () => ({ SCHEMA_REGISTRY_URL: plain.schemaRegistryUrl.replace('http:', 'https:') }),
        'TLS_NOT_SPOKEN',
        /http:/,
      ],
    ]);

    test('a missing path is found and told', async () => {
      expect(await examine(withoutPath())).toMatchObject({
        error: { message: expect.stringContaining(`${secured().registry.url} is one`) },
      });
    });
  });
}
