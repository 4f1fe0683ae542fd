import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { operationalError } from '@headwater/kernel';
import { createEmbeddedPart } from '../embedded-part.ts';
import type { StackPart } from '../embedded-part.ts';
import type { OnStackEvent } from '../events.ts';
import { waitUntilServing } from '../part-start.ts';
import type { PartContext } from '../part-start.ts';
import { askRedis } from '@headwater/platform-wire';
import { superviseProcess } from '../supervised-process.ts';
import { versionOfTool } from '../tool-version.ts';

const startDeadlineMs = 20_000;

/** The `redis-server` on PATH when it is 6.2 or newer. */
export async function findRedisServer(env: PartContext['env']): Promise<string | undefined> {
  const version = await versionOf('redis-server', env);
  return version !== undefined && version >= 6.2 ? 'redis-server' : undefined;
}

async function versionOf(command: string, env: PartContext['env']): Promise<number | undefined> {
  const version = await versionOfTool(command, ['--version'], env);
  return version === undefined ? undefined : Number.parseFloat(version);
}

/** Redis that evicts nothing and keeps an append-only file in `<home>/redis`. */
export async function prepareRedis(
  context: PartContext,
  provideFolder: () => Promise<string>,
  onProgress: OnStackEvent,
): Promise<StackPart> {
  const command = (await findRedisServer(context.env)) ?? (await providedServer(provideFolder, context.env));
  const folder = join(context.home, 'redis');
  const url = `redis://127.0.0.1:${context.port}`;
  const settings = {
    port: String(context.port),
    bind: '127.0.0.1',
    dir: folder,
    'maxmemory-policy': 'noeviction',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    daemonize: 'no',
  };
  return createEmbeddedPart({
    name: 'redis',
    url,
    onProgress,
    async launch() {
      await mkdir(folder, { recursive: true });
      const process = await superviseProcess(context.home, {
        name: 'redis',
        command,
        args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]),
        env: context.env,
        stopSignal: 'SIGTERM',
        stopDeadlineMs: 10_000,
        followsParentDeath: context.followsParentDeath,
      });
      await waitUntilServing('redis', process, () => isServing(url), startDeadlineMs);
      return process;
    },
  });
}

async function providedServer(
  provideFolder: () => Promise<string>,
  env: PartContext['env'],
): Promise<string> {
  const command = join(await provideFolder(), 'redis-server');
  if (existsSync(command) && (await versionOf(command, env)) !== undefined) return command;
  throw operationalError({
    code: 'HW_STACK_REDIS_MISSING',
    message: `There is no redis-server 6.2 or newer on PATH, and the one fetched does not run on ${process.platform}-${process.arch}.`,
    fix: `Install Redis (${process.platform === 'darwin' ? 'brew install redis' : 'apt install redis-server'}) or set REDIS_URL; \`docker compose up -d redis\` is the alternative.`,
  });
}

async function isServing(url: string): Promise<boolean> {
  try {
    return (await askRedis(url, [['PING']])).at(0) === 'PONG';
  } catch {
    return false;
  }
}
