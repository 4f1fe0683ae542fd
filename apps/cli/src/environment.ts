import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  defineEnvironment,
  lakeStoreVariables,
  logVariables,
  oneOf,
  parseEnvironment,
  text,
  toS3Settings,
  url,
  variable,
  type EnvironmentVariables,
  type S3Settings,
} from '@headwater/platform-config';

export const environmentSchema = defineEnvironment({
  HEADWATER_HOME: variable(text().optional(), {
    description: 'Folder of the local stack: data, logs, token. Default: .headwater beside package.json.',
    example: '/var/lib/headwater',
  }),
  HEADWATER_CACHE_DIR: variable(text().optional(), {
    description: 'Folder of downloaded servers, kept between runs. Default: ~/.cache/headwater.',
    example: '/var/cache/headwater',
  }),
  HEADWATER_URL: variable(url('http', 'https').optional(), {
    description: 'Control plane the command line talks to. Default: the local stack.',
    example: 'https://headwater.example.com',
  }),
  HEADWATER_TOKEN: variable(text().optional(), {
    description: 'Bearer token for HEADWATER_URL. Default: the local administrator token.',
    example: 'a-token',
    secret: true,
  }),
  HEADWATER_LANG: variable(oneOf('en', 'ko').optional(), {
    description: 'Language of texts that people read. Default: from LC_ALL, LC_MESSAGES, LANG.',
    example: 'ko',
  }),
  HOME: variable(text().optional(), { description: 'Home folder of the user.', example: '/home/me' }),
  LC_ALL: variable(text().optional(), { description: 'Locale.', example: 'ko_KR.UTF-8' }),
  LC_MESSAGES: variable(text().optional(), { description: 'Locale of messages.', example: 'ko_KR.UTF-8' }),
  LANG: variable(text().optional(), { description: 'Locale.', example: 'ko_KR.UTF-8' }),
  NO_COLOR: variable(text().optional(), { description: 'Set: no colours.', example: '1' }),
  ...lakeStoreVariables,
  ...logVariables,
});

export interface CliEnvironment {
  /** Root of the installation: the folder of package.json. */
  readonly root: string;
  readonly home: string;
  readonly cacheDir: string;
  readonly controlPlane: { readonly url?: string; readonly token?: string };
  readonly language: 'en' | 'ko';
  readonly hasColor: boolean;
  /** How tables in s3:// are reached. */
  readonly s3: S3Settings;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Every variable as it was given, for the stack and the apps that `up` starts. */
  readonly variables: EnvironmentVariables;
}

export function readEnvironment(variables: EnvironmentVariables = process.env): CliEnvironment {
  const env = parseEnvironment(environmentSchema, variables);
  const root = findRoot(import.meta.dirname);
  return {
    root,
    home: path.resolve(env.HEADWATER_HOME ?? path.join(root, '.headwater')),
    cacheDir: path.resolve(env.HEADWATER_CACHE_DIR ?? path.join(env.HOME ?? root, '.cache', 'headwater')),
    controlPlane: {
      ...(env.HEADWATER_URL === undefined ? {} : { url: env.HEADWATER_URL }),
      ...(env.HEADWATER_TOKEN === undefined ? {} : { token: env.HEADWATER_TOKEN }),
    },
    language: env.HEADWATER_LANG ?? languageOf(env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG),
    hasColor: env.NO_COLOR === undefined,
    s3: toS3Settings(env),
    logLevel: env.LOG_LEVEL,
    variables,
  };
}

const languageOf = (locale: string | undefined) => (locale?.toLowerCase().startsWith('ko') ? 'ko' : 'en');

/** The nearest folder upwards whose package.json is Headwater's own: the same from sources and from the bundle. */
function findRoot(from: string): string {
  for (let at = from; ; at = path.dirname(at)) {
    const file = path.join(at, 'package.json');
    if (existsSync(file)) {
      const { name } = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown };
      if (name === 'headwater') return at;
    }
    if (at === path.dirname(at)) return process.cwd();
  }
}
