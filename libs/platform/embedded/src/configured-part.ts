import { access, constants, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { operationalError, userError } from '@headwater/kernel';
import {
  databaseVariables,
  defineEnvironment,
  givenSecret,
  kafkaVariables,
  parseEnvironment,
  redisVariables,
  refusePlainNetwork,
  schemaRegistryVariables,
  secretFileOf,
  toDatabaseUrl,
  toKafkaSettings,
  toRedisSettings,
  toRegistrySettings,
} from '@headwater/platform-config';
import { examineKafka, examinePostgres, examineRedis, examineRegistry } from '@headwater/platform-wire';
import type { Examination } from '@headwater/platform-wire';
import type { PartName } from './events.ts';
import { configuredBy } from './part-start.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a variable, or the file it may be read from, replaces the embedded part. */
export const isConfigured = (part: PartName, env: Environment): boolean =>
  [configuredBy[part], secretFileOf(configuredBy[part])].some((name) => env[name]?.trim());

/** What the apps are given for a configured part: its variable, or what is in its file. */
export function configuredUrl(part: PartName, env: Environment): string {
  const given = givenSecret(configuredBy[part], env);
  return 'value' in given ? (given.value?.trim() ?? '') : '';
}

/**
 * Connects to a configured part the way the apps will, and changes nothing in it. Resolves what was found; throws a
 * HeadwaterError that names the variable to correct.
 */
export async function checkConfigured(part: PartName, env: Environment): Promise<string> {
  const examination = await examinations[part](env);
  if (examination.kind === 'usable') return examination.found;
  throw examination.error;
}

const databaseSchema = defineEnvironment(databaseVariables);
const redisSchema = defineEnvironment(redisVariables);
const kafkaSchema = defineEnvironment(kafkaVariables);
const registrySchema = defineEnvironment(schemaRegistryVariables);

const examinations: Readonly<Record<PartName, (env: Environment) => Promise<Examination>>> = {
  postgres: async (env) => examinePostgres(toDatabaseUrl(parseEnvironment(databaseSchema, env))),
  redis: async (env) => examineRedis(toRedisSettings(parseEnvironment(redisSchema, env))),
  async kafka(env) {
    const values = parseEnvironment(kafkaSchema, env);
    refusePlainNetwork(values, env);
    return examineKafka(toKafkaSettings(values));
  },
  registry: async (env) => examineRegistry(toRegistrySettings(parseEnvironment(registrySchema, env))),
};

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

/** A lake folder that exists and can be written, or a bucket. Resolves its URL without a trailing slash. */
export async function checkLake(value: string): Promise<string> {
  // A bucket is probed by whoever holds the client of its store.
  if (value.startsWith('s3://')) return value.replace(/\/+$/, '');
  if (!value.startsWith('file:///')) {
    throw userError({
      code: 'HW_STACK_CONFIGURATION_WRONG',
      message: `LAKE_URL is ${publicAddress(value)}; only file:///folder and s3://bucket/prefix are understood.`,
      fix: 'Set LAKE_URL to a file:/// or s3:// URL, or unset it to use the lake folder of the local stack.',
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
      message: `LAKE_URL points to ${folder}, which cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      fix: 'Create the folder, give this user write permission, or correct LAKE_URL.',
      path: 'LAKE_URL',
      cause,
    });
  }
  return value.replace(/\/+$/, '');
}
