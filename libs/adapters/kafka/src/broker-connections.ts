import { Connection } from '@platformatic/kafka';
import { isIP } from 'node:net';
import { operationalError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import type { BrokerAddress, BrokerConnectionsOptions, BrokerRequest } from './broker-request.ts';
import { createPollConnections } from './poll-connections.ts';

/**
 * Open connections by broker address. A broker answers the requests of one connection in order, so short requests share
 * one and every long poll has its own. A connection whose request failed is dropped; the next request opens another.
 */
export interface BrokerConnections {
  request<T>(address: BrokerAddress, request: BrokerRequest<T>): Promise<T>;
  poll<T>(address: BrokerAddress, request: BrokerRequest<T>): Promise<T>;
  close(): Promise<void>;
}

export function createBrokerConnections(options: BrokerConnectionsOptions): BrokerConnections {
  const { requestTimeoutMs = 30_000, pollTimeoutMs = requestTimeoutMs } = options;
  const shared = new Map<string, Promise<Connection>>();
  const opened = new Set<Connection>();
  const polls = createPollConnections({ ...options, timeoutMs: pollTimeoutMs });
  let isClosed = false;

  // A request that was let in before `close` may go on after it, so each step that could leave a connection asks again.
  const requireOpen = (): void => {
    if (isClosed) throw clientClosed();
  };
  const open = async ({ host, port }: BrokerAddress): Promise<Connection> => {
    requireOpen();
    const connection = newConnection(options, host, requestTimeoutMs);
    opened.add(connection);
    connection.once('close', () => opened.delete(connection));
    try {
      await connection.connect(host, port);
      requireOpen();
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
  const sharedOf = async (name: string, address: BrokerAddress): Promise<Connection> => {
    const before = shared.get(name);
    const current = await before?.catch(() => undefined);
    if (current !== undefined && (await isUsable(current))) return current;
    // Another caller may have opened one meanwhile.
    const next = shared.get(name);
    if (next !== undefined && next !== before) return next;
    const opening = open(address);
    shared.set(name, opening);
    return opening;
  };

  return {
    async request(address, request) {
      requireOpen();
      const name = `${address.host}:${address.port}`;
      const connection = await sharedOf(name, address);
      try {
        return await request(connection);
      } catch (error) {
        if (!isAnswer(error)) {
          const current = await shared.get(name)?.catch(() => undefined);
          if (current === connection) shared.delete(name);
          drop(connection);
        }
        throw error;
      }
    },
    async poll(address, request) {
      requireOpen();
      return polls.poll(address, request);
    },
    async close() {
      isClosed = true;
      polls.close();
      await Promise.allSettled([...opened].map((connection) => connection.close()));
    },
  };
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
