import { operationalError } from '@headwater/kernel';
import type { HeadwaterError } from '@headwater/kernel';
import { isOutage, judgeFault, ServerFault } from './server-fault.ts';
import type { Fault } from './server-fault.ts';

export const serverNames = ['postgres', 'redis', 'kafka', 'registry'] as const;

/** A server that Headwater uses. */
export type ServerName = (typeof serverNames)[number];

interface ServerWords {
  readonly title: string;
  readonly area: string;
  readonly variable: string;
  readonly caFile: string;
  readonly login: string;
  readonly encrypt: string;
  readonly plain: string;
  readonly version: string;
}

const words: Readonly<Record<ServerName, ServerWords>> = {
  postgres: {
    title: 'Postgres',
    area: 'DATABASE',
    variable: 'DATABASE_URL',
    caFile: 'DATABASE_SSL_CA_FILE',
    login: 'user and password in DATABASE_URL',
    encrypt: 'Add ?sslmode=verify-full to DATABASE_URL.',
    plain: 'Switch TLS on in Postgres (ssl = on), or take sslmode out of DATABASE_URL.',
    version: 'Postgres 14 or newer',
  },
  redis: {
    title: 'Redis',
    area: 'REDIS',
    variable: 'REDIS_URL',
    caFile: 'REDIS_SSL_CA_FILE',
    login: 'user and password in REDIS_URL (rediss://user:password@host:port)',
    encrypt: 'Let REDIS_URL start with rediss://.',
    plain: 'Name the TLS port of Redis, or let REDIS_URL start with redis://.',
    version: 'Redis 6.2 or newer',
  },
  kafka: {
    title: 'Kafka',
    area: 'KAFKA',
    variable: 'KAFKA_BOOTSTRAP_SERVERS',
    caFile: 'KAFKA_SSL_CA_FILE',
    login: 'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD',
    encrypt: 'Set KAFKA_SECURITY_PROTOCOL to SASL_SSL or SSL.',
    plain: 'Name a TLS listener in KAFKA_BOOTSTRAP_SERVERS, or correct KAFKA_SECURITY_PROTOCOL.',
    version: 'Kafka 4.0 or newer',
  },
  registry: {
    title: 'The schema registry',
    area: 'REGISTRY',
    variable: 'SCHEMA_REGISTRY_URL',
    caFile: 'SCHEMA_REGISTRY_SSL_CA_FILE',
    login: 'SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD, or SCHEMA_REGISTRY_TOKEN',
    encrypt: 'Let SCHEMA_REGISTRY_URL start with https://.',
    plain: 'Name the TLS port of the registry, or let SCHEMA_REGISTRY_URL start with http://.',
    version: 'a newer schema registry',
  },
};

interface FaultWords {
  /** Completes `HW_<AREA>_`. */
  readonly code: string;
  /** Completes "<server> at <address> (<variable>)"; the fault's own words follow when they say more. */
  readonly problem: string;
  readonly fix: (server: ServerWords) => string;
}

const faults: Readonly<Record<Fault, FaultWords>> = {
  unreachable: {
    code: 'UNREACHABLE',
    problem: 'cannot be reached',
    fix: ({ title, variable }) =>
      `Start ${title.replace(/^The/, 'the')} or correct host and port in ${variable}.`,
  },
  'host-unknown': {
    code: 'HOST_UNKNOWN',
    problem: 'has a host name that nobody knows',
    fix: ({ variable }) => `Correct the host in ${variable}.`,
  },
  'no-answer': {
    code: 'NO_ANSWER',
    problem: 'takes the connection and does not answer',
    fix: ({ title, variable }) =>
      `See whether ${title.replace(/^The/, 'the')} is overloaded or starting, and whether ${variable} names its port.`,
  },
  'other-protocol': {
    code: 'OTHER_PROTOCOL',
    problem: 'is something else',
    fix: ({ variable }) => `Correct host, port and path in ${variable}.`,
  },
  'tls-expected': {
    code: 'TLS_EXPECTED',
    problem: 'takes encrypted connections only',
    fix: ({ encrypt }) => encrypt,
  },
  'tls-not-spoken': {
    code: 'TLS_NOT_SPOKEN',
    problem: 'does not speak TLS on this port',
    fix: ({ plain }) => plain,
  },
  'certificate-untrusted': {
    code: 'CERTIFICATE_UNTRUSTED',
    problem: 'shows a certificate of an authority that is not trusted here',
    fix: ({ caFile }) => `Set ${caFile} to the PEM file of the authority that signed it.`,
  },
  'certificate-name': {
    code: 'CERTIFICATE_NAME',
    problem: 'shows a certificate for another name',
    fix: ({ variable }) =>
      `Use in ${variable} a name that the certificate has, or have one issued for this name.`,
  },
  'certificate-expired': {
    code: 'CERTIFICATE_EXPIRED',
    problem: 'shows a certificate that is not valid today',
    fix: () => 'Have the server’s certificate renewed, and check the clock of this machine.',
  },
  'client-certificate-refused': {
    code: 'CLIENT_CERTIFICATE_REFUSED',
    problem: 'asks for a client certificate that it trusts',
    fix: () => 'Set KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE to a pair that the server’s authority signed.',
  },
  'login-missing': {
    code: 'LOGIN_MISSING',
    problem: 'asks for a login',
    fix: ({ login }) => `Set ${login}.`,
  },
  'login-refused': {
    code: 'LOGIN_REFUSED',
    problem: 'refused the login',
    fix: ({ login }) => `Correct ${login}.`,
  },
  'mechanism-refused': {
    code: 'MECHANISM_REFUSED',
    problem: 'does not offer this way to log in',
    fix: () => 'Set KAFKA_SASL_MECHANISM to one that the listener offers, or name another listener.',
  },
  'too-old': {
    code: 'TOO_OLD',
    problem: 'is too old',
    fix: ({ version, variable }) => `Update it, or point ${variable} to ${version}.`,
  },
  'rights-missing': {
    code: 'RIGHTS_MISSING',
    problem: 'does not give this user the rights that are needed',
    fix: ({ variable }) =>
      variable === 'DATABASE_URL'
        ? 'Let the user own the database, or GRANT CREATE, USAGE ON SCHEMA public TO it.'
        : `Give the user of ${variable} all commands on its own keys (ACL SETUSER <user> +@all ~headwater:*).`,
  },
  'database-missing': {
    code: 'MISSING',
    problem: 'has no such database',
    fix: ({ variable }) => `Create the database, or correct the name at the end of ${variable}.`,
  },
  'read-only': {
    code: 'READ_ONLY',
    problem: 'takes no writes',
    fix: ({ variable }) => `Point ${variable} to the primary server.`,
  },
  evicts: {
    code: 'EVICTS',
    problem: 'may drop keys',
    fix: ({ variable }) => `Set maxmemory-policy to noeviction, or point ${variable} to a Redis of its own.`,
  },
};

/** Address and cause of a failed look at a server as an error with its own code and fix; never a password. */
export function toServerError(server: ServerName, address: string, cause: unknown): HeadwaterError {
  const { title, area, variable } = words[server];
  const fault = judgeFault(cause) ?? 'no-answer';
  const { code, problem, fix } = faults[fault];
  const said = cause instanceof ServerFault ? cause.message : reasonOf(cause);
  return operationalError({
    code: `HW_${area}_${code}`,
    message: `${title} at ${address} (${variable}) ${problem}: ${said}.`,
    fix: fix(words[server]),
    path: variable,
    canRetry: isOutage(fault),
    cause,
  });
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return [...new Set(cause.errors.map(reasonOf))].join('; ');
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  return (
    inner.message
      .split('\n')[0]
      ?.replace(/^[0-9A-F]+:error:/, '')
      .replace(/\.$/, '') ?? ''
  );
}
