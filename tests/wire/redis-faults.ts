import { describe, expect, test } from 'vitest';
import { GUEST, type FaultBench } from './fault-bench.ts';

/** Each way of a Redis to be unusable. */
export function describeRedisFaults({ secured, plain, port, faultsOf, askRedisAdmin }: FaultBench): void {
  const { examine, moved, plainAt, expectFault, testEach } = faultsOf('redis');

  describe('Redis', () => {
    test('lets in with a checked certificate and a password', async () => {
      expect(await examine({})).toMatchObject({ kind: 'usable' });
    });

    testEach([
      [
        'it is a web server',
        () => plainAt(`redis://localhost:${port('web')}`),
        'OTHER_PROTOCOL',
        /REDIS_URL/,
      ],
      [
        'the password is wrong',
        () => moved((url) => (url.password = 'x')),
        'LOGIN_REFUSED',
        /password in REDIS_URL/,
      ],
      [
        'it asks for a login and none is set',
        () => moved((url) => Object.assign(url, { username: '', password: '' })),
        'LOGIN_MISSING',
        /REDIS_URL/,
      ],
      [
        'it speaks TLS and we do not',
        () => plainAt(secured().redisUrl.replace('rediss:', 'redis:')),
        'TLS_EXPECTED',
        /rediss:/,
      ],
      [
        'we speak TLS and it does not',
        () => ({ REDIS_URL: plain.redisUrl.replace('redis:', 'rediss:') }),
        'TLS_NOT_SPOKEN',
        /redis:/,
      ],
      [
        'the user may do nothing',
        () => moved((url) => Object.assign(url, GUEST)),
        'RIGHTS_MISSING',
        /ACL SETUSER/,
      ],
      ['it is Redis 5', () => plainAt(`redis://localhost:${port('oldRedis')}`), 'TOO_OLD', /6\.2/],
    ]);

    test('it may evict keys', async () => {
      await askRedisAdmin(['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru']);
      try {
        await expectFault({}, 'EVICTS', /noeviction/);
      } finally {
        await askRedisAdmin(['CONFIG', 'SET', 'maxmemory-policy', 'noeviction']);
      }
    });
  });
}
