import { Connection } from '@platformatic/kafka';
import { isIP } from 'node:net';
import { operationalError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';

/** One address of a broker. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export type BrokerRequest<T> = (connection: Connection) => Promise<T>;

/**
 * Open connections by broker address. A broker answers the requests of one connection in order, so short requests share
 * one and every long poll has its own. A connection whose request failed is dropped; the next request opens another.
 */
export interface BrokerConnections {
  request<T>(address: BrokerAddress, request: BrokerRequest<T>): Promise<T>;
  poll<T>(address: BrokerAddress, request: BrokerRequest<T>): Promise<T>;
  close(): Promise<void>;
}

export interface BrokerConnectionsOptions {
  readonly settings: KafkaSettings;
  readonly clientId: string;
  /** Longest wait for a connection and for an answer, milliseconds. */
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  /** The same for long polls, which may bring much; default as for other requests. */
  readonly pollTimeoutMs?: number;
}

const POLLS_MAX = 256;

interface Pool {
  shared: Promise<Connection> | undefined;
  readonly idle: Connection[];
  polls: number;
}

export function createBrokerConnections(options: BrokerConnectionsOptions): BrokerConnections {
  const pools = new Map<string, Pool>();
  const opened = new Set<Connection>();
  let isClosed = false;

  const { requestTimeoutMs = 30_000, pollTimeoutMs = requestTimeoutMs } = options;
  const open = async ({ host, port }: BrokerAddress, timeoutMs: number): Promise<Connection> => {
    if (isClosed) throw clientClosed();
    const connection = newConnection(options, host, timeoutMs);
    opened.add(connection);
    connection.once('close', () => opened.delete(connection));
    try {
      await connection.connect(host, port);
      return connection;
    } catch (error) {
      drop(connection);
      throw error;
    }
  };
  const drop = (connection: Connection): void => {
    opened.delete(connection);
    // An orderly close waits for bytes to be sent; a connection that failed has nothing left to say.
    (connection.socket as Connection['socket'] | undefined)?.destroy();
  };
  const poolOf = ({ host, port }: BrokerAddress): Pool => {
    const pool = pools.get(`${host}:${port}`) ?? { shared: undefined, idle: [], polls: 0 };
    pools.set(`${host}:${port}`, pool);
    return pool;
  };
  const sharedOf = async (pool: Pool, address: BrokerAddress): Promise<Connection> => {
    const before = pool.shared;
    const current = await before?.catch(() => undefined);
    if (current !== undefined && (await isUsable(current))) return current;
    // Another caller may have opened one meanwhile.
    if (pool.shared === before) pool.shared = open(address, requestTimeoutMs);
    return pool.shared ?? open(address, requestTimeoutMs);
  };

  return {
    async request(address, request) {
      const pool = poolOf(address);
      const connection = await sharedOf(pool, address);
      try {
        return await request(connection);
      } catch (error) {
        if (!isAnswer(error)) {
          const current = await pool.shared?.catch(() => undefined);
          if (current === connection) pool.shared = undefined;
          drop(connection);
        }
        throw error;
      }
    },
    async poll(address, request) {
      const pool = poolOf(address);
      if (pool.polls >= POLLS_MAX) throw tooManyPolls(address);
      pool.polls++;
      try {
        const connection = (await takeUsable(pool.idle, drop)) ?? (await open(address, pollTimeoutMs));
        return await releasing(pool, connection, request, drop);
      } finally {
        pool.polls--;
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled([...opened].map((connection) => connection.close()));
    },
  };
}

async function releasing<T>(
  pool: Pool,
  connection: Connection,
  request: BrokerRequest<T>,
  drop: (connection: Connection) => void,
): Promise<T> {
  try {
    const answer = await request(connection);
    pool.idle.push(connection);
    return answer;
  } catch (error) {
    drop(connection);
    throw error;
  }
}

async function takeUsable(
  idle: Connection[],
  drop: (connection: Connection) => void,
): Promise<Connection | undefined> {
  for (let connection = idle.pop(); connection !== undefined; connection = idle.pop()) {
    if (await isUsable(connection)) return connection;
    drop(connection);
  }
  return undefined;
}

/** A login that is being renewed (KIP-368) is waited for: a broker takes no other request meanwhile. */
async function isUsable(connection: Connection): Promise<boolean> {
  if (connection.status !== 'reauthenticating') return connection.isConnected();
  return connection.ready().then(
    () => connection.isConnected(),
    () => false,
  );
}

/** The broker answered, if only to refuse: the connection is good. */
const isAnswer = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'PLT_KFK_RESPONSE';

function newConnection(options: BrokerConnectionsOptions, host: string, timeoutMs: number): Connection {
  const { tls, sasl } = options.settings;
  const connection = new Connection(options.clientId, {
    connectTimeout: options.connectTimeoutMs ?? 5_000,
    requestTimeout: timeoutMs,
    ...(tls === undefined ? {} : { tls: { ...tls, ...(isIP(host) === 0 ? { servername: host } : {}) } }),
    ...(sasl === undefined ? {} : { sasl: toSasl(sasl) }),
  });
  // Failures reach the caller through its request; without a listener the event would end the process.
  connection.on('error', () => undefined);
  return connection;
}

/** A password from a file is read at each login and each renewal of one, so that a rotated one is taken. */
const toSasl = ({ mechanism, username, password, readPassword }: NonNullable<KafkaSettings['sasl']>) => ({
  mechanism,
  username,
  password: readPassword ?? password,
});

const clientClosed = () =>
  operationalError({ code: 'HW_KAFKA_CLIENT_CLOSED', message: 'The Kafka client has been closed.' });

const tooManyPolls = ({ host, port }: BrokerAddress) =>
  operationalError({
    code: 'HW_KAFKA_TOO_MANY_FETCHES',
    message: `${POLLS_MAX} fetches are already in flight to ${host}:${port}.`,
    fix: 'Run fewer lanes in this process.',
    canRetry: true,
  });
