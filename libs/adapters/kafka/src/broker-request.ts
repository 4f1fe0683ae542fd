import type { Connection } from '@platformatic/kafka';
import type { KafkaSettings } from '@headwater/platform-config';

/** One address of a broker. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export type BrokerRequest<T> = (connection: Connection) => Promise<T>;

export interface BrokerConnectionsOptions {
  readonly settings: KafkaSettings;
  readonly clientId: string;
  /** Longest wait for a connection and for an answer, milliseconds. */
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  /** The same for long polls, which may bring much; default as for other requests. */
  readonly pollTimeoutMs?: number;
}
