import { operationalError, userError, type HeadwaterError } from '@headwater/kernel';
import { judgeFault, toServerError } from '@headwater/platform-wire';
import { Redis, type RedisOptions } from 'ioredis';

export interface RedisAddress {
  /** `redis://` or `rediss://` with user, password and database number where needed. */
  readonly redisUrl: string;
  /** PEM text of the certificate authority, with `rediss://`; the public ones when left out. */
  readonly ca?: string;
}

/** For commands that must answer or fail at once, so that a dead Redis never holds up a request. */
export const promptOptions: RedisOptions = {
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
  commandTimeout: 2_000,
  connectTimeout: 5_000,
};

/** For the blocking wait of a listener, which outlives restarts of Redis. */
export const patientOptions: RedisOptions = { maxRetriesPerRequest: null, connectTimeout: 5_000 };

const reconnectDelayMsMax = 2_000;

export function openRedis({ redisUrl, ca }: RedisAddress, options: RedisOptions): Redis {
  const redis = new Redis(redisUrl, {
    ...options,
    // With `rediss://` alone ioredis encrypts and verifies against the public authorities.
    ...(ca === undefined ? {} : { tls: { ca } }),
    lazyConnect: true,
    retryStrategy: (attempt) => Math.min(reconnectDelayMsMax, 50 * 2 ** Math.min(attempt, 10)),
  });
  // Without a listener an outage would end the process; commands report it themselves.
  redis.on('error', () => undefined);
  return redis;
}

/** Where Redis is, without its password. */
export function describeRedis(redisUrl: string): string {
  const { hostname, port } = new URL(redisUrl);
  return `${hostname}:${port === '' ? '6379' : port}`;
}

export function checkRedisUrl(redisUrl: string): void {
  if (URL.canParse(redisUrl) && /^rediss?:$/.test(new URL(redisUrl).protocol)) return;
  throw userError({
    code: 'HW_REDIS_URL',
    message: 'REDIS_URL is not a Redis address.',
    fix: 'Set REDIS_URL to redis://host:port or rediss://user:password@host:port.',
    path: 'REDIS_URL',
  });
}

/** Throws unless Redis answers and never evicts keys: an evicted key is a bell that does not ring. */
export async function checkRedis(address: RedisAddress): Promise<void> {
  checkRedisUrl(address.redisUrl);
  const redis = openRedis(address, { ...promptOptions, retryStrategy: () => null });
  let problem: unknown;
  redis.on('error', (error: unknown) => (problem ??= error));
  try {
    await redis.connect();
    const info = await redis.info('memory');
    const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
    if (policy !== undefined && policy !== 'noeviction') throw evicts(address.redisUrl, policy);
  } catch (error) {
    throw isOurs(error) ? error : judgeRedisProblem(problem ?? error, address.redisUrl);
  } finally {
    redis.disconnect();
  }
}

const isOurs = (error: unknown): boolean => error instanceof Error && error.name === 'HeadwaterError';

const evicts = (redisUrl: string, policy: string): HeadwaterError =>
  operationalError({
    code: 'HW_REDIS_EVICTS',
    message: `Redis at ${describeRedis(redisUrl)} (REDIS_URL) may drop keys: maxmemory-policy is ${policy}.`,
    fix: 'Set maxmemory-policy to noeviction, or point REDIS_URL to a Redis of Headwater’s own.',
  });

export function judgeRedisProblem(error: unknown, redisUrl: string): HeadwaterError {
  const fault = judgeFault(error);
  if (fault !== undefined) return toServerError('redis', describeRedis(redisUrl), error);
  const message = error instanceof Error ? error.message : String(error);
  const isLogin = /WRONGPASS|NOAUTH|invalid username-password|invalid password/i.test(message);
  return operationalError({
    code: isLogin ? 'HW_REDIS_LOGIN_REFUSED' : 'HW_REDIS_UNREACHABLE',
    message: `Redis at ${describeRedis(redisUrl)} (REDIS_URL) cannot be used: ${isLogin ? 'it refused the password' : message}.`,
    fix: isLogin
      ? 'Correct user and password in REDIS_URL.'
      : 'Start Redis or correct host and port in REDIS_URL.',
    canRetry: !isLogin,
    cause: error,
  });
}
