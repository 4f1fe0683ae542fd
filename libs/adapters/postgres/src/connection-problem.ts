import { operationalError, type HeadwaterError } from '@headwater/kernel';
import { judgeFault, toServerError } from '@headwater/platform-wire';

/** The place a connection string points at, without user and password. */
export function describeDatabase(databaseUrl: string): string {
  try {
    const { hostname, port, pathname } = new URL(databaseUrl);
    return `${hostname}:${port === '' ? '5432' : port}${pathname}`;
  } catch {
    return 'an address that is not a URL';
  }
}

const fixes: Readonly<Record<string, readonly [problem: string, fix: string]>> = {
  ECONNREFUSED: ['nothing listens there', 'Start Postgres or correct host and port in DATABASE_URL.'],
  ENOTFOUND: ['the host name is unknown', 'Correct the host in DATABASE_URL.'],
  EAI_AGAIN: ['the host name could not be resolved', 'Check DNS or the host in DATABASE_URL.'],
  ETIMEDOUT: ['it did not answer in time', 'Check network and firewall to the host in DATABASE_URL.'],
  ECONNRESET: ['it closed the connection', 'Check the server’s log and the TLS setting of DATABASE_URL.'],
  '28P01': ['it refused the password', 'Correct user and password in DATABASE_URL.'],
  '28000': ['it refused the user', 'Correct the user in DATABASE_URL, or allow it in pg_hba.conf.'],
  '3D000': [
    'it has no such database',
    'Create the database, or correct the name at the end of DATABASE_URL.',
  ],
  '53300': ['it has no free connection', 'Raise max_connections or lower the number of processes.'],
  '57P03': ['it is starting up', 'Wait until Postgres has started.'],
};

/** Waiting does not help against these: somebody must correct the address, the login or the database. */
const lasting = /^(ENOTFOUND|28|3D000)/;

/** Why Postgres could not be reached, in words that name DATABASE_URL and never its password. */
export function judgeConnectionProblem(error: unknown, databaseUrl: string): HeadwaterError {
  const code = connectionCode(error);
  const fault = judgeFault(error);
  if (fault !== undefined && fault !== 'unreachable' && fault !== 'no-answer')
    return toServerError('postgres', describeDatabase(databaseUrl), error);
  const [problem, fix] = fixes[code] ?? [
    error instanceof Error ? error.message : String(error),
    'Check DATABASE_URL and the server’s log.',
  ];
  return operationalError({
    code: codeOf(code),
    message: `Postgres at ${describeDatabase(databaseUrl)} (DATABASE_URL) cannot be used: ${problem}.`,
    fix,
    canRetry: !lasting.test(code),
    cause: error,
  });
}

function codeOf(code: string): string {
  if (code.startsWith('28')) return 'HW_DATABASE_LOGIN_REFUSED';
  return code === '3D000' ? 'HW_DATABASE_MISSING' : 'HW_DATABASE_UNREACHABLE';
}

function connectionCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return connectionCode(error.errors[0]);
  if (error === null || typeof error !== 'object') return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error && /timeout/i.test(error.message) ? 'ETIMEDOUT' : '';
}
