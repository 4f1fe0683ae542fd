import { setTimeout as sleep } from 'node:timers/promises';
import { unexpectedError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import { createBrokerConnections } from './broker-connections.ts';
import type { BrokerAddress, BrokerConnectionsOptions, BrokerRequest } from './broker-request.ts';
import { isConnectionError, toKafkaError } from './kafka-errors.ts';

/** One cluster: which brokers it has and how to ask them. */
export interface KafkaCluster {
  readonly settings: KafkaSettings;
  /**
   * Asks any broker; while none can be reached it tries again, four rounds in all. `action` completes "could not be
   * asked to ..." in errors.
   */
  ask<T>(action: string, request: BrokerRequest<T>): Promise<T>;
  /** Asks the broker with this node id, once. Errors of the client come out unchanged. */
  askNode<T>(nodeId: number, request: BrokerRequest<T>): Promise<T>;
  /** Like askNode, on a connection that nothing else uses meanwhile. */
  pollNode<T>(nodeId: number, request: BrokerRequest<T>): Promise<T>;
  /** Takes the brokers an answer named. */
  learn(brokers: readonly (BrokerAddress & { readonly nodeId: number })[]): void;
  close(): Promise<void>;
}

const ROUNDS = 4;

export function createKafkaCluster(options: BrokerConnectionsOptions): KafkaCluster {
  const { settings } = options;
  const connections = createBrokerConnections(options);
  const nodes = new Map<number, BrokerAddress>();
  const bootstrap = settings.bootstrapServers.map(toAddress);
  let preferred = 0;

  const addressOf = (nodeId: number): BrokerAddress => {
    const address = nodes.get(nodeId);
    if (address !== undefined) return address;
    throw unexpectedError({
      code: 'HW_KAFKA_BROKER_UNKNOWN',
      message: `Broker ${nodeId} is in no metadata.`,
    });
  };
  return {
    settings,
    async ask(action, request) {
      let lastError: unknown;
      for (let round = 0; round < ROUNDS; round++) {
        if (round > 0) await sleep(100 * 2 ** round);
        for (const address of rotated([...bootstrap, ...nodes.values()], preferred)) {
          try {
            return await connections.request(address, request);
          } catch (error) {
            lastError = toKafkaError(error, settings, action);
            // A refusal does not change by asking again, nor does a wrong login or protocol.
            if (!isConnectionError(error) || !toKafkaError(error, settings, action).canRetry) throw lastError;
            preferred++;
          }
        }
      }
      throw lastError;
    },
    askNode: (nodeId, request) => connections.request(addressOf(nodeId), request),
    pollNode: (nodeId, request) => connections.poll(addressOf(nodeId), request),
    learn(brokers) {
      for (const { nodeId, host, port } of brokers) nodes.set(nodeId, { host, port });
    },
    close: () => connections.close(),
  };
}

const rotated = <T>(all: readonly T[], by: number): readonly T[] => {
  const start = by % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
};

function toAddress(server: string): BrokerAddress {
  const colon = server.lastIndexOf(':');
  return { host: server.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(server.slice(colon + 1)) };
}
