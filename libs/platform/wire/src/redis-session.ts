import { openByteStream } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';

const deadlineMs = 5_000;

/** An error Redis answered, such as `NOAUTH` or `WRONGPASS`. */
export class RedisProblem extends Error {}

export type RedisAnswer = string | null | readonly RedisAnswer[];

/** Connects, logs in with the URL's user and password, sends the commands and leaves. For checks before the apps start. */
export async function askRedis(
  url: string,
  commands: readonly (readonly string[])[],
): Promise<RedisAnswer[]> {
  const { protocol, hostname, port, username, password } = new URL(url);
  let stream = await openByteStream(hostname.replace(/^\[|\]$/g, ''), Number(port || 6379), deadlineMs);
  try {
    if (protocol === 'rediss:') stream = await stream.secure(hostname, { isVerified: true });
    const login = [decodeURIComponent(username), decodeURIComponent(password)].filter((part) => part !== '');
    const answers: RedisAnswer[] = [];
    if (login.length > 0) await ask(stream, ['AUTH', ...login]);
    for (const command of commands) answers.push(await ask(stream, command));
    return answers;
  } finally {
    stream.close();
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
      return rest;
  }
}
