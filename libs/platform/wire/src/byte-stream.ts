import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A connection read in pieces of known length, each wait bounded. */
export interface ByteStream {
  write(bytes: Uint8Array | string): void;
  read(length: number): Promise<Buffer>;
  readLine(): Promise<string>;
  /** The same connection with TLS on top. */
  secure(serverName: string, tls: TlsSettings): Promise<ByteStream>;
  close(): void;
}

export interface TlsSettings {
  readonly isVerified: boolean;
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export async function openByteStream(host: string, port: number, deadlineMs: number): Promise<ByteStream> {
  const socket = connect({ host, port });
  await settled(socket, 'connect', deadlineMs);
  return streamOver(socket, deadlineMs);
}

function settled(socket: Socket, event: string, deadlineMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => socket.destroy(new Error(`no answer within ${deadlineMs} ms`)),
      deadlineMs,
    );
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
  socket.on('close', () => fail(new Error('the server closed the connection')));
  function fail(error: Error): void {
    failure ??= error;
    wake();
  }
  async function until(lengthOf: () => number | undefined): Promise<Buffer> {
    const timer = setTimeout(() => fail(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
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
        return end < 0 ? undefined : end + 2;
      });
      return line.toString('utf8', 0, line.length - 2);
    },
    async secure(serverName, { isVerified, ...pem }) {
      socket.off('data', onData);
      const secured = connectTls({
        socket,
        ...pem,
        rejectUnauthorized: isVerified,
        ...(/[a-z]/i.test(serverName) && !serverName.includes(':') ? { servername: serverName } : {}),
      });
      await settled(secured, 'secureConnect', deadlineMs);
      return streamOver(secured, deadlineMs);
    },
    close: () => socket.destroy(),
  };
}
