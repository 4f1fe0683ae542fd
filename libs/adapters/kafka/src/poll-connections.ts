import { operationalError } from '@headwater/kernel';
import type { BrokerAddress, BrokerRequest } from './broker-request.ts';
import { openPollConnection } from './poll-connection.ts';
import type { PollConnection, PollConnectionOptions } from './poll-connection.ts';
import { createRecordSetBuffers } from './record-set-buffers.ts';

/** Connections that each carry one request at a time; one whose request failed is dropped. */
export interface PollConnections {
  poll<T>(address: BrokerAddress, request: BrokerRequest<T>): Promise<T>;
  /** Requests that wait for an answer are rejected. */
  close(): void;
}

const POLLS_MAX = 256;

interface Pool {
  readonly idle: PollConnection[];
  polls: number;
}

export function createPollConnections(options: Omit<PollConnectionOptions, 'buffers'>): PollConnections {
  const pools = new Map<string, Pool>();
  const opened = new Set<PollConnection>();
  const buffers = createRecordSetBuffers();
  let isClosed = false;

  const open = async (address: BrokerAddress): Promise<PollConnection> => {
    const connection = await openPollConnection({ ...options, buffers }, address);
    opened.add(connection);
    if (isClosed) drop(connection);
    return connection;
  };
  const drop = (connection: PollConnection): void => {
    opened.delete(connection);
    connection.destroy();
  };
  const takeIdle = (pool: Pool): PollConnection | undefined => {
    for (let connection = pool.idle.pop(); connection !== undefined; connection = pool.idle.pop()) {
      if (connection.isUsable()) return connection;
      drop(connection);
    }
    return undefined;
  };
  return {
    async poll(address, request) {
      const name = `${address.host}:${address.port}`;
      const pool = pools.get(name) ?? { idle: [], polls: 0 };
      pools.set(name, pool);
      if (pool.polls >= POLLS_MAX) throw tooManyPolls(name);
      pool.polls++;
      try {
        const connection = takeIdle(pool) ?? (await open(address));
        const answer = await request(connection.asConnection).catch((error: unknown) => {
          drop(connection);
          throw error;
        });
        pool.idle.push(connection);
        return answer;
      } finally {
        pool.polls--;
      }
    },
    close() {
      isClosed = true;
      for (const connection of opened) drop(connection);
    },
  };
}

const tooManyPolls = (name: string) =>
  operationalError({
    code: 'HW_KAFKA_TOO_MANY_FETCHES',
    message: `${POLLS_MAX} fetches are already in flight to ${name}.`,
    fix: 'Run fewer lanes in this process.',
    canRetry: true,
  });
