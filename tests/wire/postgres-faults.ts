import { describe, expect, test } from 'vitest';
import { edited, without, type FaultBench, type Variables } from './fault-bench.ts';

/** Each way of a Postgres to be unusable. */
export function describePostgresFaults({
  secured,
  plain,
  variables,
  port,
  examinations,
  expectFault,
}: FaultBench): void {
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
}
