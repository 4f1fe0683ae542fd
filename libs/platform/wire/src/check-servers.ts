import { describeError, HeadwaterError, operationalError } from '@headwater/kernel';
import type { KafkaSettings, RedisSettings, RegistrySettings } from '@headwater/platform-config';
import { hostAndPort } from './byte-stream.ts';
import { probeKafka } from './kafka-session.ts';
import { probePostgres } from './postgres-session.ts';
import { probeRedis } from './redis-session.ts';
import { probeRegistry } from './registry-session.ts';
import { toServerError } from './server-problem.ts';

/** The servers to look at, as the settings parser gives them. */
export interface ServerSettings {
  readonly databaseUrl?: string;
  readonly redis?: RedisSettings;
  readonly kafka?: KafkaSettings;
  readonly registry?: RegistrySettings;
}

/** What a look at a server found: a few words for a person, or what is wrong with it. */
export type Examination =
  | { readonly kind: 'usable'; readonly found: string }
  | { readonly kind: 'unusable'; readonly error: HeadwaterError };

export async function examinePostgres(databaseUrl: string): Promise<Examination> {
  return examined('postgres', addressOf(databaseUrl), () => probePostgres(databaseUrl));
}

export async function examineRedis(settings: RedisSettings): Promise<Examination> {
  return examined('redis', addressOf(settings.redisUrl), () => probeRedis(settings));
}

/** One bootstrap server that answers is enough. */
export async function examineKafka(settings: KafkaSettings): Promise<Examination> {
  return examined('kafka', settings.bootstrapServers.join(','), async () => {
    let last: unknown;
    for (const server of settings.bootstrapServers) {
      try {
        await probeKafka(hostAndPort(server), settings);
        return;
      } catch (error) {
        last = error;
      }
    }
    throw last;
  });
}

export async function examineRegistry(settings: RegistrySettings): Promise<Examination> {
  return examined('registry', addressOf(settings.url), () => probeRegistry(settings));
}

async function examined(
  server: Parameters<typeof toServerError>[0],
  address: string,
  probe: () => Promise<string | void>,
): Promise<Examination> {
  try {
    const kind = await probe();
    return { kind: 'usable', found: kind === undefined ? address : `${address} (${kind})` };
  } catch (error) {
    return { kind: 'unusable', error: toServerError(server, address, error) };
  }
}

/**
 * Looks at every server at once and changes nothing in it. Throws the error of the one that cannot be used, or
 * `HW_SERVERS_UNUSABLE` that lists all of them. With `mayBeAway`, servers that are only down for now are let pass.
 */
export async function checkServers(
  settings: ServerSettings,
  { mayBeAway = false }: { readonly mayBeAway?: boolean } = {},
): Promise<void> {
  const { databaseUrl, redis, kafka, registry } = settings;
  const found = await Promise.all([
    ...(databaseUrl === undefined ? [] : [examinePostgres(databaseUrl)]),
    ...(redis === undefined ? [] : [examineRedis(redis)]),
    ...(kafka === undefined ? [] : [examineKafka(kafka)]),
    ...(registry === undefined ? [] : [examineRegistry(registry)]),
  ]);
  const errors = found.flatMap((one) =>
    one.kind === 'unusable' && !(mayBeAway && one.error.canRetry) ? [one.error] : [],
  );
  if (errors.length > 0) throw joinErrors(errors);
}

/** Several errors as one that lists them; the only error unchanged. The list is not empty. */
export function joinErrors(errors: readonly unknown[]): unknown {
  if (errors.length === 1) return errors[0];
  const known = errors.filter((error) => error instanceof HeadwaterError);
  if (known.length < errors.length) return errors.find((error) => !(error instanceof HeadwaterError));
  const lines = known.map((error) => `  ${describeError(error)}`);
  return operationalError({
    code: 'HW_SERVERS_UNUSABLE',
    message: `${errors.length} servers cannot be used:\n${lines.join('\n')}\n`,
    fix: 'Correct the variables named above; `headwater doctor` looks at each server again.',
    path: known.map(({ path }) => path).join(','),
    canRetry: known.every(({ canRetry }) => canRetry),
  });
}

/** The address without user, password and parameters. */
export function addressOf(value: string): string {
  if (!URL.canParse(value)) return '(not a valid URL)';
  const url = new URL(value);
  url.username = url.password = url.search = '';
  return url.href;
}
