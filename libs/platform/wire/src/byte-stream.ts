import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { judgeFault, ServerFault } from './server-fault.ts';

/** A connection read in pieces of known length, each wait bounded. */
export interface ByteStream {
  write(bytes: Uint8Array | string): void;
  read(length: number): Promise<Buffer>;
  readLine(): Promise<string>;
  /** The same connection with TLS on top; the certificate must be for `serverName`, a host name or an address. */
  secure(serverName: string, tls: TlsSettings): Promise<ByteStream>;
  close(): void;
}

export interface TlsSettings {
  readonly isVerified: boolean;
  /** False takes a certificate for any name; default true. */
  readonly checksName?: boolean;
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

const lineBytesMax = 65_536;

export async function openByteStream(host: string, port: number, deadlineMs: number): Promise<ByteStream> {
  const socket = connect({ host, port });
  await settled(socket, 'connect', deadlineMs);
  return streamOver(socket, deadlineMs);
}

function settled(socket: Socket, event: string, deadlineMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(silent(deadlineMs)), deadlineMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once(event, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const silent = (deadlineMs: number): Error =>
  new ServerFault('no-answer', `no answer within ${deadlineMs / 1000} s`);

/** The server ended the connection without the answer it owed. */
export class ConnectionClosed extends Error {}

function streamOver(socket: Socket, deadlineMs: number): ByteStream {
  let received: Buffer = Buffer.alloc(0);
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    wake();
  };
  socket.on('data', onData);
  socket.on('error', (error) => fail(error));
  socket.on('close', () => fail(new ConnectionClosed('the server closed the connection')));
  function fail(error: Error): void {
    failure ??= error;
    wake();
  }
  async function until(lengthOf: () => number | undefined): Promise<Buffer> {
    const timer = setTimeout(() => fail(silent(deadlineMs)), deadlineMs);
    try {
      for (;;) {
        const length = lengthOf();
        if (length !== undefined && received.length >= length) {
          const bytes = received.subarray(0, length);
          received = received.subarray(length);
          return bytes;
        }
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    write: (bytes) => void socket.write(bytes),
    read: (length) => until(() => length),
    async readLine() {
      const line = await until(() => {
        const end = received.indexOf('\r\n');
        if (end < 0 && received.length > lineBytesMax)
          throw new ServerFault('other-protocol', 'it answers no line');
        return end < 0 ? undefined : end + 2;
      });
      return line.toString('utf8', 0, line.length - 2);
    },
    async secure(serverName, { isVerified, checksName = true, ...pem }) {
      socket.off('data', onData);
      const secured = connectTls({
        socket,
        ...pem,
        rejectUnauthorized: isVerified,
        // Without a host the certificate would be compared with "localhost" when the server is named by its address.
        host: serverName,
        ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
        ...(checksName ? {} : { checkServerIdentity: () => undefined }),
      });
      await settled(secured, 'secureConnect', deadlineMs);
      return streamOver(secured, deadlineMs);
    },
    close: () => socket.destroy(),
  };
}

/** Whether a TLS handshake succeeds there, whatever the certificate: tells TLS servers from others that say nothing. */
export async function speaksTls(host: string, port: number, deadlineMs: number): Promise<boolean> {
  let stream: ByteStream | undefined;
  try {
    stream = await openByteStream(host, port, deadlineMs);
    await stream.secure(host, { isVerified: false });
    return true;
  } catch (error) {
    return judgeFault(error) === 'client-certificate-refused';
  } finally {
    stream?.close();
  }
}

/** Host and port of `host:port` or `[address]:port`; throws for anything else. */
export function hostAndPort(server: string): { readonly host: string; readonly port: number } {
  const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(server.trim());
  if (match?.[1] === undefined) throw new ServerFault('host-unknown', `"${server.trim()}" is not host:port`);
  return { host: match[1], port: Number(match[2]) };
}

/** The host of a URL as sockets want it: an IPv6 address without brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');
