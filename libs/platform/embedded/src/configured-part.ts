import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { operationalError, userError } from '@headwater/kernel';
import type { PartName } from './events.ts';
import { KafkaLoginProblem, probeKafka } from './kafka-session.ts';
import type { KafkaLogin } from './kafka-session.ts';
import type { TlsSettings } from './byte-stream.ts';
import { configuredBy } from './part-start.ts';
import { PostgresProblem, runSql } from './postgres-session.ts';
import { RedisProblem, askRedis } from './redis-session.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of the variable that replaces an embedded part; `undefined` when it is absent or empty. */
export function configuredUrl(part: PartName, env: Environment): string | undefined {
  const value = env[configuredBy[part]]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

/** Connects to a configured part the way the apps will; throws a HeadwaterError that names the variable to correct. */
export async function checkConfigured(part: PartName, value: string, env: Environment): Promise<void> {
  try {
    await checks[part](value, env);
  } catch (cause) {
    throw explain(part, value, cause);
  }
}

class WrongAnswer extends Error {}

const checks: Readonly<Record<PartName, (value: string, env: Environment) => Promise<void>>> = {
  async postgres(value) {
    const version = Number((await runSql(value, 'SHOW server_version_num'))[0]?.[0]);
    if (!(version >= 140_000)) throw new WrongAnswer(`Postgres 14 or newer is needed, found ${version}`);
  },
  async redis(value) {
    const [, info] = await askRedis(value, [['PING'], ['INFO', 'server']]);
    const version = Number(/redis_version:(\d+\.\d+)/.exec(String(info))?.[1] ?? 0);
    if (version < 6.2) throw new WrongAnswer(`Redis 6.2 or newer is needed, found ${version}`);
    const policy = await evictionPolicy(value);
    if (policy !== undefined && policy !== 'noeviction') {
      throw new WrongAnswer(`maxmemory-policy is ${policy} and must be noeviction, or rung work is lost`);
    }
  },
  async kafka(value, env) {
    const security = { tls: await kafkaTls(env), login: kafkaLogin(env) };
    await firstThatAnswers(value.split(','), (server) => probeKafka(hostAndPort(server), security));
  },
  async registry(value) {
    const url = new URL(value);
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    url.username = url.password = '';
    const response = await fetch(`${url.href.replace(/\/$/, '')}/subjects`, {
      headers: login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    if (response.status === 401 || response.status === 403)
      throw new WrongAnswer('the registry refused the login');
    if (!response.ok)
      throw new WrongAnswer(`GET /subjects answered ${response.status}; is the path of the API right?`);
  },
};

const kafkaProtocol = (env: Environment): string => env['KAFKA_SECURITY_PROTOCOL']?.trim() || 'PLAINTEXT';

function kafkaLogin(env: Environment): KafkaLogin | undefined {
  if (!kafkaProtocol(env).startsWith('SASL_')) return undefined;
  const { KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD } = env;
  if (!KAFKA_SASL_MECHANISM || !KAFKA_SASL_USERNAME || !KAFKA_SASL_PASSWORD) {
    throw new WrongAnswer(
      'a SASL protocol needs KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD',
    );
  }
  return { mechanism: KAFKA_SASL_MECHANISM, username: KAFKA_SASL_USERNAME, password: KAFKA_SASL_PASSWORD };
}

async function kafkaTls(env: Environment): Promise<TlsSettings | undefined> {
  if (!kafkaProtocol(env).endsWith('SSL')) return undefined;
  const { KAFKA_SSL_CA_FILE: ca, KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key } = env;
  return {
    isVerified: true,
    ...(ca ? { ca: await readFile(ca, 'utf8') } : {}),
    ...(cert ? { cert: await readFile(cert, 'utf8') } : {}),
    ...(key ? { key: await readFile(key, 'utf8') } : {}),
  };
}

/** `undefined` where the server does not let its clients read the configuration. */
async function evictionPolicy(url: string): Promise<string | undefined> {
  try {
    const [answer] = await askRedis(url, [['CONFIG', 'GET', 'maxmemory-policy']]);
    return Array.isArray(answer) ? String(answer[1]) : undefined;
  } catch (error) {
    if (error instanceof RedisProblem) return undefined;
    throw error;
  }
}

function hostAndPort(server: string): { host: string; port: number } {
  const match = /^(?:\w+:\/\/)?\[?([^\]]+?)\]?:(\d+)$/.exec(server.trim());
  if (match?.[1] === undefined) throw new WrongAnswer(`"${server.trim()}" is not host:port`);
  return { host: match[1], port: Number(match[2]) };
}

async function firstThatAnswers(
  servers: readonly string[],
  ask: (server: string) => Promise<void>,
): Promise<void> {
  let last: unknown = new WrongAnswer('it names no server');
  for (const server of servers) {
    try {
      await ask(server);
      return;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** The address without user and password. */
export function publicAddress(value: string): string {
  if (!/^[a-z0-9+]+:\/\//i.test(value)) return value;
  try {
    const url = new URL(value);
    url.username = url.password = url.search = '';
    return url.href;
  } catch {
    return '(not a valid URL)';
  }
}

function explain(part: PartName, value: string, cause: unknown): Error {
  const variable = configuredBy[part];
  const address = publicAddress(value);
  if (isRefusal(cause)) {
    return userError({
      code: 'HW_STACK_CONFIGURATION_WRONG',
      message: `${variable} points to ${address}, which answered: ${(cause as Error).message}.`,
      fix: `Correct ${variable}${part === 'kafka' ? ' (and KAFKA_SECURITY_PROTOCOL and the KAFKA_SASL_ variables)' : ''}, or unset it to use the embedded ${part}.`,
      path: variable,
      cause,
    });
  }
  return operationalError({
    code: 'HW_STACK_UNREACHABLE',
    message: `${variable} points to ${address}, which cannot be reached: ${rootMessage(cause)}.`,
    fix: `Start that server or correct ${variable}; unset it to use the embedded ${part}.`,
    path: variable,
    canRetry: true,
    cause,
  });
}

function isRefusal(cause: unknown): boolean {
  return (
    cause instanceof WrongAnswer ||
    cause instanceof PostgresProblem ||
    cause instanceof RedisProblem ||
    cause instanceof KafkaLoginProblem ||
    (cause instanceof TypeError && /invalid url/i.test(cause.message))
  );
}

function rootMessage(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (inner instanceof AggregateError) return inner.errors.map(rootMessage).join('; ');
  return inner instanceof Error ? inner.message : String(inner);
}

/** A lake folder that exists and can be written. Resolves its URL without a trailing slash. */
export async function checkLake(value: string): Promise<string> {
  if (!value.startsWith('file:///')) {
    throw userError({
      code: 'HW_STACK_CONFIGURATION_WRONG',
      message: `LAKE_URL is ${publicAddress(value)}; only file:///folder is understood.`,
      fix: 'Set LAKE_URL to a file:/// URL, or unset it to use the lake folder of the local stack.',
      path: 'LAKE_URL',
    });
  }
  const folder = fileURLToPath(value);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw operationalError({
      code: 'HW_STACK_UNREACHABLE',
      message: `LAKE_URL points to ${folder}, which cannot be written: ${rootMessage(cause)}.`,
      fix: 'Create the folder, give this user write permission, or correct LAKE_URL.',
      path: 'LAKE_URL',
      cause,
    });
  }
  return value.replace(/\/+$/, '');
}
