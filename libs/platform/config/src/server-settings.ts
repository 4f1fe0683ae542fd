import type { z } from 'zod';
import { text, url } from './fields.ts';
import { judgePemFile, readPem } from './pem-file.ts';
import type { VariableProblem } from './problems.ts';
import { variable } from './variable.ts';

const caFile = (whose: string) =>
  variable(text().optional(), {
    description: `Path of a PEM file: certificate authority of ${whose}, when it is not a public one.`,
    example: '/etc/headwater/ca.pem',
  });

export const databaseVariables = {
  DATABASE_URL: variable(url('postgresql', 'postgres'), {
    description:
      'Postgres database of the control plane and the workers. `?sslmode=verify-full` encrypts and checks the server.',
    example: 'postgresql://headwater:password@127.0.0.1:5432/headwater',
    secret: true,
  }),
  DATABASE_SSL_CA_FILE: caFile('Postgres'),
};

export const redisVariables = {
  REDIS_URL: variable(url('redis', 'rediss'), {
    description: 'Redis, used as a doorbell only. `rediss://` encrypts and checks the server.',
    example: 'redis://127.0.0.1:6379',
    secret: true,
  }),
  REDIS_SSL_CA_FILE: caFile('Redis'),
};

export const schemaRegistryVariables = {
  SCHEMA_REGISTRY_URL: variable(url('http', 'https'), {
    description: 'Confluent-compatible schema registry, with its path.',
    example: 'http://127.0.0.1:8081/apis/ccompat/v7',
    secret: true,
  }),
  SCHEMA_REGISTRY_USERNAME: variable(text().optional(), {
    description: 'User of the schema registry, with basic authentication.',
    example: 'headwater',
  }),
  SCHEMA_REGISTRY_PASSWORD: variable(text().optional(), {
    description: 'Password of the schema registry, with basic authentication.',
    example: 'a-password',
    secret: true,
  }),
  SCHEMA_REGISTRY_TOKEN: variable(text().optional(), {
    description: 'Bearer token of the schema registry, instead of user and password.',
    example: 'a-token',
    secret: true,
  }),
  SCHEMA_REGISTRY_SSL_CA_FILE: caFile('the schema registry'),
};

type Variables<S extends z.ZodRawShape> = z.output<z.ZodObject<S>>;
export type DatabaseVariables = Variables<typeof databaseVariables>;
export type RedisVariables = Variables<typeof redisVariables>;
type ServerVariables = Variables<
  typeof databaseVariables & typeof redisVariables & typeof schemaRegistryVariables
>;

/** How to log in to the schema registry. */
export type RegistryLogin =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** The certificate authorities are PEM texts; without one the public authorities are trusted. */
export interface RegistrySettings {
  /** With its path, without trailing slash and without a login. */
  readonly url: string;
  readonly login?: RegistryLogin;
  readonly ca?: string;
}

export interface RedisSettings {
  readonly redisUrl: string;
  readonly ca?: string;
}

/** A certificate authority becomes `sslrootcert`, as libpq has it: whoever reads the URL finds it there. */
export function toDatabaseUrl(values: DatabaseVariables): string {
  if (values.DATABASE_SSL_CA_FILE === undefined) return values.DATABASE_URL;
  const address = new URL(values.DATABASE_URL);
  address.searchParams.set('sslrootcert', values.DATABASE_SSL_CA_FILE);
  return address.href;
}

export const toRedisSettings = (values: RedisVariables): RedisSettings => ({
  redisUrl: values.REDIS_URL,
  ...readPem({ ca: values.REDIS_SSL_CA_FILE }),
});

export function toRegistrySettings(values: Variables<typeof schemaRegistryVariables>): RegistrySettings {
  const address = new URL(values.SCHEMA_REGISTRY_URL);
  const username = values.SCHEMA_REGISTRY_USERNAME ?? decodeURIComponent(address.username);
  const password = values.SCHEMA_REGISTRY_PASSWORD ?? decodeURIComponent(address.password);
  address.username = address.password = '';
  const token = values.SCHEMA_REGISTRY_TOKEN;
  return {
    url: address.href.replace(/\/+$/, ''),
    ...(token === undefined ? {} : { login: { kind: 'bearer', token } }),
    ...(token === undefined && username !== '' ? { login: { kind: 'basic', username, password } } : {}),
    ...readPem({ ca: values.SCHEMA_REGISTRY_SSL_CA_FILE }),
  };
}

/** Settings that only make sense together, of every server but Kafka. */
export function judgeServerSettings(values: Partial<ServerVariables>): readonly VariableProblem[] {
  return [
    ...judgePemFile('DATABASE_SSL_CA_FILE', values.DATABASE_SSL_CA_FILE),
    ...judgeDatabaseTls(values),
    ...judgePemFile('REDIS_SSL_CA_FILE', values.REDIS_SSL_CA_FILE),
    ...judgeScheme(values, 'REDIS_SSL_CA_FILE', 'REDIS_URL', 'rediss://'),
    ...judgePemFile('SCHEMA_REGISTRY_SSL_CA_FILE', values.SCHEMA_REGISTRY_SSL_CA_FILE),
    ...judgeScheme(values, 'SCHEMA_REGISTRY_SSL_CA_FILE', 'SCHEMA_REGISTRY_URL', 'https://'),
    ...judgeRegistryLogin(values),
  ];
}

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

function judgeDatabaseTls(values: Partial<ServerVariables>): readonly VariableProblem[] {
  if (values.DATABASE_URL === undefined) return [];
  const mode = new URL(values.DATABASE_URL).searchParams.get('sslmode');
  if (mode !== null && !sslModes.includes(mode)) {
    const problem = 'has an sslmode that Postgres does not know';
    return [{ variable: 'DATABASE_URL', problem, fix: `Use one of ${sslModes.join(', ')}.` }];
  }
  const isVerified = mode === 'verify-full' || mode === 'verify-ca';
  if (values.DATABASE_SSL_CA_FILE === undefined || isVerified) return [];
  return [
    {
      variable: 'DATABASE_SSL_CA_FILE',
      problem: 'is set, but DATABASE_URL does not ask for a checked certificate',
      fix: 'Add ?sslmode=verify-full to DATABASE_URL, or unset it.',
    },
  ];
}

function judgeScheme(
  values: Partial<ServerVariables>,
  file: 'REDIS_SSL_CA_FILE' | 'SCHEMA_REGISTRY_SSL_CA_FILE',
  address: 'REDIS_URL' | 'SCHEMA_REGISTRY_URL',
  scheme: string,
): readonly VariableProblem[] {
  if (values[file] === undefined || values[address]?.startsWith(scheme) !== false) return [];
  return [
    {
      variable: file,
      problem: `is set, but ${address} does not encrypt`,
      fix: `Let ${address} start with ${scheme}, or unset it.`,
    },
  ];
}

function judgeRegistryLogin(values: Partial<ServerVariables>): readonly VariableProblem[] {
  const { SCHEMA_REGISTRY_USERNAME: user, SCHEMA_REGISTRY_PASSWORD: password } = values;
  if (values.SCHEMA_REGISTRY_TOKEN !== undefined && (user ?? password) !== undefined) {
    const problem = 'is set beside a user or a password';
    return [{ variable: 'SCHEMA_REGISTRY_TOKEN', problem, fix: 'Use the token or the user, not both.' }];
  }
  if ((user === undefined) === (password === undefined)) return [];
  const missing = user === undefined ? 'SCHEMA_REGISTRY_USERNAME' : 'SCHEMA_REGISTRY_PASSWORD';
  return [{ variable: missing, problem: 'is not set, but its other half is', fix: 'Set both or none.' }];
}
