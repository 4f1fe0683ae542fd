import { describe, expect, test } from 'vitest';
import { edited, without, type FaultBench, type Variables } from './fault-bench.ts';

/** Each way of a Redis to be unusable. */
export function describeRedisFaults({
  secured,
  plain,
  variables,
  port,
  examinations,
  expectFault,
  askRedisAdmin,
}: FaultBench): void {
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
}
