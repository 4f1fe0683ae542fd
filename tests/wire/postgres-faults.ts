import { describe, expect, test } from 'vitest';
import { GUEST, type FaultBench } from './fault-bench.ts';
import { edited } from './server-variables.ts';

/** Each way of a Postgres to be unusable. */
export function describePostgresFaults({ secured, plain, port, faultsOf }: FaultBench): void {
  const { examine, moved, plainAt, testEach } = faultsOf('postgres');
  const standIn = (name: string): string => `postgresql://u:p@localhost:${port(name)}/x`;

  describe('Postgres', () => {
    test('lets in with a checked certificate and a password', async () => {
      expect(await examine({})).toMatchObject({ kind: 'usable' });
    });

    testEach([
      ['it is a web server', () => plainAt(standIn('web')), 'OTHER_PROTOCOL', /DATABASE_URL/],
      [
        'the password is wrong',
        () => moved((url) => (url.password = 'x')),
        'LOGIN_REFUSED',
        /password in DATABASE_URL/,
      ],
      [
        'there is no such database',
        () => moved((url) => (url.pathname = '/nowhere')),
        'MISSING',
        /Create the database/,
      ],
      [
        'it takes TLS only and we are plain',
        () => plainAt(edited(secured().databaseUrl, (url) => url.searchParams.delete('sslmode'))),
        'TLS_EXPECTED',
        /sslmode=verify-full/,
      ],
      [
        'we want TLS and it has none',
        () => moved((url) => (url.port = new URL(plain.databaseUrl).port)),
        'TLS_NOT_SPOKEN',
        /ssl = on/,
      ],
      [
        'the user may not make tables',
        () => moved((url) => Object.assign(url, GUEST)),
        'RIGHTS_MISSING',
        /GRANT CREATE/,
      ],
      ['it is Postgres 13', () => plainAt(standIn('oldPostgres')), 'TOO_OLD', /Postgres 14/],
      ['it is a standby', () => plainAt(standIn('standby')), 'READ_ONLY', /primary/],
    ]);
  });
}
