import { ConnectionClosed, hostOf, openByteStream, speaksTls } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import { ServerFault } from './server-fault.ts';

const deadlineMs = 3_000;

/** An error Redis answered, such as `NOAUTH` or `WRONGPASS`. */
export class RedisProblem extends Error {}

export type RedisAnswer = string | null | readonly RedisAnswer[];

/** Connects, logs in with the URL's user and password, sends the commands and leaves. For checks before the apps start. */
export async function askRedis(
  address: string | { readonly redisUrl: string; readonly ca?: string },
  commands: readonly (readonly string[])[],
): Promise<RedisAnswer[]> {
  const { redisUrl, ca } = typeof address === 'string' ? { redisUrl: address, ca: undefined } : address;
  const url = new URL(redisUrl);
  const host = hostOf(url);
  let stream = await openByteStream(host, Number(url.port || 6379), deadlineMs);
  try {
    if (url.protocol === 'rediss:')
      stream = await stream.secure(host, { isVerified: true, ...(ca === undefined ? {} : { ca }) });
    const login = [url.username, url.password].map(decodeURIComponent).filter((part) => part !== '');
    const answers: RedisAnswer[] = [];
    if (login.length > 0) await ask(stream, ['AUTH', ...login]);
    for (const command of commands) answers.push(await ask(stream, command));
    return answers;
  } finally {
    stream.close();
  }
}

/** Throws a ServerFault unless this is a Redis of 6.2 or newer that lets us in and never evicts. */
export async function probeRedis(address: {
  readonly redisUrl: string;
  readonly ca?: string;
}): Promise<void> {
  const info = await askWhetherRedis(address);
  const version = Number(/redis_version:(\d+\.\d+)/.exec(info)?.[1] ?? 0);
  if (version < 6.2) throw new ServerFault('too-old', `it is Redis ${version}, and 6.2 or newer is needed`);
  const policy = await evictionPolicy(address);
  if (policy !== undefined && policy !== 'noeviction')
    throw new ServerFault('evicts', `its maxmemory-policy is ${policy}, which may drop rung work`);
}

async function askWhetherRedis(address: {
  readonly redisUrl: string;
  readonly ca?: string;
}): Promise<string> {
  try {
    const [, info] = await askRedis(address, [['PING'], ['INFO']]);
    return String(info);
  } catch (error) {
    if (error instanceof RedisProblem) throw refusal(error);
    const url = new URL(address.redisUrl);
    const isPlain = url.protocol === 'redis:';
    if (isPlain && isWordless(error) && (await speaksTls(hostOf(url), Number(url.port || 6379), deadlineMs)))
      throw new ServerFault('tls-expected', 'it speaks TLS, and the connection would be plain', error);
    if (!isPlain && isWordless(error) && (await speaksRedis(url)))
      throw new ServerFault('tls-not-spoken', 'it answers without TLS only', error);
    if (isWordless(error) && !(error instanceof ServerFault && error.fault === 'no-answer'))
      throw new ServerFault('other-protocol', 'it closes the connection at the first command', error);
    throw error;
  }
}

/** Redis waits in silence for the rest of what a TLS greeting looks like to it. */
async function speaksRedis(url: URL): Promise<boolean> {
  try {
    const stream = await openByteStream(hostOf(url), Number(url.port || 6379), deadlineMs);
    stream.write('PING\r\n');
    const answer = await stream.readLine().finally(() => stream.close());
    return /^(\+PONG|-NOAUTH|-NOPERM|-ERR)/.test(answer);
  } catch {
    return false;
  }
}

const isWordless = (error: unknown): boolean =>
  error instanceof ConnectionClosed ||
  (error instanceof ServerFault && error.fault === 'no-answer') ||
  (error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE'));

function refusal(problem: RedisProblem): ServerFault {
  const { message } = problem;
  if (/^NOAUTH/.test(message))
    return new ServerFault('login-missing', 'it asks for a login, and none is set');
  if (/^WRONGPASS|invalid password|without any password/.test(message))
    return new ServerFault('login-refused', 'it refused the user or the password');
  if (/^NOPERM/.test(message))
    return new ServerFault('rights-missing', 'it does not let this user run what Headwater needs');
  return new ServerFault('other-protocol', 'it answered an error to PING');
}

/** `undefined` where the server does not let its clients read the configuration. */
async function evictionPolicy(address: {
  readonly redisUrl: string;
  readonly ca?: string;
}): Promise<string | undefined> {
  try {
    const [info] = await askRedis(address, [['INFO', 'memory']]);
    return /maxmemory_policy:(\S+)/.exec(String(info))?.[1];
  } catch (error) {
    if (error instanceof RedisProblem) return undefined;
    throw error;
  }
}

async function ask(stream: ByteStream, command: readonly string[]): Promise<RedisAnswer> {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  stream.write(`*${command.length}\r\n${parts.join('')}`);
  return readAnswer(stream);
}

async function readAnswer(stream: ByteStream): Promise<RedisAnswer> {
  const line = await stream.readLine();
  const rest = line.slice(1);
  switch (line.slice(0, 1)) {
    case '-':
      throw new RedisProblem(rest);
    case '+':
    case ':':
      return rest;
    case '$': {
      if (rest === '-1') return null;
      const bytes = await stream.read(Number(rest) + 2);
      return bytes.toString('utf8', 0, bytes.length - 2);
    }
    case '*': {
      const items: RedisAnswer[] = [];
      for (let left = Number(rest); left > 0; left--) items.push(await readAnswer(stream));
      return items;
    }
    default:
      throw new ServerFault('other-protocol', 'it does not speak the Redis protocol');
  }
}
