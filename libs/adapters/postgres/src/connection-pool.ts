import { readFileSync } from 'node:fs';
import { userError } from '@headwater/kernel';
import { Pool } from 'pg';
import { judgeConnectionProblem } from './connection-problem.ts';

export interface ConnectionOptions {
  /** `postgresql://user:password@host:port/database`; `sslmode` and `sslrootcert` are honoured. */
  readonly databaseUrl: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Connections at most. */
  readonly connectionsMax?: number;
  readonly connectTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
}

/** A bounded pool; it connects when first used. */
export function createConnectionPool(options: ConnectionOptions): Pool {
  if (!/^postgres(ql)?:\/\//.test(options.databaseUrl)) {
    throw userError({
      code: 'HW_DATABASE_URL',
      message: 'DATABASE_URL is not a Postgres address.',
      fix: 'Set DATABASE_URL to postgresql://user:password@host:port/database.',
      path: 'DATABASE_URL',
    });
  }
  const pool = new Pool({
    ...addressAndTls(options.databaseUrl),
    application_name: options.applicationName,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  });
  // A connection that breaks is replaced at the next use, and a statement on it fails by itself; without these listeners
  // it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** `sslmode` as libpq means it: `require` encrypts, `verify-ca` and `verify-full` also check the certificate. */
function addressAndTls(databaseUrl: string) {
  const url = new URL(databaseUrl);
  const mode = url.searchParams.get('sslmode');
  const rootFile = url.searchParams.get('sslrootcert');
  for (const parameter of ['sslmode', 'sslrootcert']) url.searchParams.delete(parameter);
  const connectionString = url.href;
  if (mode === null || mode === 'disable' || mode === 'prefer' || mode === 'allow')
    return { connectionString };
  const verifies = mode.startsWith('verify-') || rootFile !== null;
  return {
    connectionString,
    ssl: {
      rejectUnauthorized: verifies,
      ...(rootFile === null ? {} : { ca: readFileSync(rootFile, 'utf8') }),
      ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    },
  };
}

/** Asks the server one question, so that a wrong address fails at start and not at the first request. */
export async function checkConnection(pool: Pool, databaseUrl: string): Promise<void> {
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    throw judgeConnectionProblem(error, databaseUrl);
  }
}
