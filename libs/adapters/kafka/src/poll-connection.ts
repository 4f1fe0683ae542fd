import { NetworkError, Reader, TimeoutError, UserError, Writer } from '@platformatic/kafka';
import type { Connection } from '@platformatic/kafka';
import { connect as connectPlain, isIP } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { KafkaSettings } from '@headwater/platform-config';
import { AnswerTooLarge, BytesBeyondAnswer, createAnswerReader } from './answer-reader.ts';
import { logIn } from './poll-login.ts';
import type { BrokerAddress, BrokerConnectionsOptions } from './broker-request.ts';
import type { RecordSetBuffers } from './record-set-buffers.ts';

/**
 * A connection for one request at a time, whose socket is read into memory that is used again. That of the client
 * library takes fresh memory for each read: collecting it costs more than reading.
 */
export interface PollConnection {
  /** What the requests of the client library take; they use nothing of it but `send`. */
  readonly asConnection: Connection;
  /** False when it is closed, or when its login is about to end (KIP-368): another one must be opened. */
  isUsable(): boolean;
  destroy(): void;
}

type Send = Connection['send'];
type Answered = Parameters<Send>[6];

interface Waiting {
  readonly correlationId: number;
  readonly timer: NodeJS.Timeout;
  read(body: Uint8Array): unknown;
  readonly answered: Answered;
}

const CONNECT_MS_DEFAULT = 5_000;

export interface PollConnectionOptions extends Pick<
  BrokerConnectionsOptions,
  'settings' | 'clientId' | 'connectTimeoutMs'
> {
  /** Longest wait for an answer, milliseconds. */
  readonly timeoutMs: number;
  /** Where large answers are kept while they are read. */
  readonly buffers: RecordSetBuffers;
}

/** Rejects with the errors of the client library, as its own connections do. */
export async function openPollConnection(
  options: PollConnectionOptions,
  address: BrokerAddress,
): Promise<PollConnection> {
  const { tls, sasl } = options.settings;
  const desk = createAnswerDesk(tls !== undefined);
  const socket = openSocket({ ...address, onread: readInto(options.buffers, desk) }, tls);
  desk.watch(socket, address);
  const asConnection = { send: createSend(options, desk, socket) } as unknown as Connection;
  try {
    await opened(socket, address, options.connectTimeoutMs ?? CONNECT_MS_DEFAULT);
    // A login that ends is not renewed: a connection costs less than the requests that would wait for it.
    const endsAtMs = sasl === undefined ? Infinity : await logIn(asConnection, sasl);
    return {
      asConnection,
      isUsable: () => !socket.destroyed && socket.readable && performance.now() < endsAtMs,
      destroy() {
        desk.fail(new NetworkError('Connection closed'));
      },
    };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The one request that waits, and how the connection ends. */
interface AnswerDesk {
  readonly isBusy: () => boolean;
  wait(asked: Waiting): void;
  take(body: Uint8Array): void;
  /** Nothing after this is understood: the socket is closed and the request that waits is rejected. */
  fail(error: Error): void;
  readonly isTls: boolean;
  watch(socket: Socket, address: BrokerAddress): void;
}

function createAnswerDesk(isTls: boolean): AnswerDesk {
  let waiting: Waiting | undefined;
  let watched: Socket | undefined;
  const settle = (): Waiting | undefined => {
    const asked = waiting;
    waiting = undefined;
    clearTimeout(asked?.timer);
    return asked;
  };
  const fail = (error: Error): void => {
    watched?.destroy();
    settle()?.answered(error);
  };
  return {
    isTls,
    isBusy: () => waiting !== undefined,
    wait(asked) {
      waiting = asked;
    },
    take(body) {
      const view = new DataView(body.buffer, body.byteOffset, body.length);
      if (body.length < CORRELATION_BYTES || view.getInt32(0) !== waiting?.correlationId)
        return fail(new NetworkError('The broker answered another request than the one asked.'));
      giveAnswer(settle()!, body);
    },
    fail,
    watch(socket, address) {
      watched = socket;
      socket.on('error', (cause) => {
        fail(connectionFailed(address, cause));
      });
      socket.once('close', () => {
        fail(new NetworkError('Connection closed'));
      });
    },
  };
}

/** How a socket reads into the memory where the bytes belong (`onread` of node:net). */
function readInto(buffers: RecordSetBuffers, desk: AnswerDesk) {
  const reader = createAnswerReader({
    buffers,
    onAnswer(body) {
      desk.take(body);
    },
  });
  return {
    buffer: () => reader.target(),
    callback(length: number): boolean {
      const isAsked = desk.isBusy();
      try {
        reader.advance(length);
        if (!isAsked) throw new NetworkError(`The broker sent ${length} bytes without being asked.`);
      } catch (error) {
        desk.fail(toConnectionError(error as Error, desk.isTls));
      }
      return true;
    },
  };
}

function createSend({ clientId, timeoutMs }: PollConnectionOptions, desk: AnswerDesk, socket: Socket): Send {
  let correlationId = 0;
  return (key, version, createPayload, parse, hasRequestTags, hasAnswerTags, answered) => {
    if (socket.destroyed) return answered(new NetworkError('Connection closed'));
    if (desk.isBusy()) return answered(new UserError('A poll connection takes one request at a time.'));
    correlationId = (correlationId + 1) & 0x7fffffff;
    desk.wait({
      correlationId,
      timer: setTimeout(() => {
        desk.fail(new TimeoutError('Request timed out', { canRetry: true }));
      }, timeoutMs),
      read: (body) => parse(correlationId, key, version, readerOf(body, hasAnswerTags)),
      answered: answered as Answered,
    });
    const request = Writer.create().appendInt16(key).appendInt16(version).appendInt32(correlationId);
    request.appendString(clientId, false);
    if (hasRequestTags) request.appendTaggedFields();
    socket.write(request.appendFrom(createPayload() as Writer).prependLength().buffer);
  };
}

/** `onread` of a TLS socket is documented, but has no type. */
function openSocket(options: NetConnectOpts & BrokerAddress, tls: KafkaSettings['tls']): Socket {
  const name = isIP(options.host) === 0 ? { servername: options.host } : {};
  const withTls = { ...options, ...tls, ...name };
  const socket = tls === undefined ? connectPlain(options) : connectTls(withTls);
  return socket.setNoDelay(true);
}

const CORRELATION_BYTES = 4;
const NO_TAGS_BYTES = 1;

/** Behind the header of the answer; its tagged fields are none in every version there is. */
function readerOf(body: Uint8Array, hasTags: boolean): Reader {
  const { buffer, byteOffset, length } = body;
  const reader = Reader.from(Buffer.from(buffer, byteOffset, length));
  return reader.skip(CORRELATION_BYTES + (hasTags ? NO_TAGS_BYTES : 0));
}

function giveAnswer({ read, answered }: Waiting, body: Uint8Array): void {
  let answer: unknown;
  try {
    answer = read(body);
  } catch (error) {
    answered(error as Error);
    return;
  }
  answered(null, answer as Parameters<Answered>[1]);
}

function toConnectionError(error: Error, isTls: boolean): Error {
  if (error instanceof AnswerTooLarge) return notKafka(error, isTls);
  if (error instanceof BytesBeyondAnswer)
    return new NetworkError(`The broker broke the protocol: ${error.message}.`);
  return error;
}

function notKafka({ firstBytes, message }: AnswerTooLarge, isTls: boolean): Error {
  const [type = 0, major] = firstBytes;
  const isTlsRecord = type >= 0x14 && type <= 0x17 && major === 3;
  return isTlsRecord && !isTls
    ? new UserError('Broker requires TLS.')
    : new NetworkError(`The broker does not speak Kafka: ${message}.`);
}

function connectionFailed({ host, port }: BrokerAddress, cause: Error): Error {
  const isPlainBroker = cause.message.includes('secure TLS connection was established');
  return new NetworkError(`Connection to ${host}:${port} failed.`, {
    cause: isPlainBroker
      ? new UserError('TLS handshake failed. Please verify the broker supports TLS.', { cause })
      : cause,
  });
}

function opened(socket: Socket, { host, port }: BrokerAddress, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new TimeoutError(`Connection to ${host}:${port} timed out.`, { canRetry: true }));
    }, limitMs);
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      settle();
    };
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', end(resolve));
    socket.once('error', (cause) => {
      end(() => {
        reject(connectionFailed({ host, port }, cause));
      })();
    });
    socket.once(
      'close',
      end(() => {
        reject(new NetworkError('Connection closed'));
      }),
    );
  });
}
