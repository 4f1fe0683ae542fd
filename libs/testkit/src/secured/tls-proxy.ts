import { once } from 'node:events';
import { request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Credentials } from './certificates.ts';

export interface TestServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface RegistryProxyOptions {
  readonly credentials: Credentials;
  /** Origin of the server behind it. */
  readonly upstream: string;
  /** The value of the Authorization header it lets in. */
  readonly authorizations: readonly string[];
}

/** HTTPS in front of an HTTP server, for those who log in. */
export async function startHttpsProxy({
  credentials,
  upstream,
  authorizations,
}: RegistryProxyOptions): Promise<TestServer> {
  const server = createHttpsServer({ ...credentials }, (incoming, outgoing) => {
    if (!authorizations.includes(incoming.headers.authorization ?? '')) {
      outgoing.writeHead(401, { 'content-type': 'application/json' }).end('{"error_code":401}');
      return;
    }
    const { authorization: _login, host: _host, ...headers } = incoming.headers;
    const forwarded = request(`${upstream}${incoming.url ?? ''}`, { method: incoming.method, headers });
    forwarded.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  return listening(server);
}

/**
 * A server that gets as far as its certificate: what answers after the handshake is nothing. `greeting` is what comes
 * before TLS in the protocol it stands for.
 */
export function startHandshakeOnly(
  credentials: Credentials,
  greeting: 'none' | 'postgres' = 'none',
): Promise<TestServer> {
  const secure = (socket: Socket): void => {
    new TLSSocket(socket, { isServer: true, ...credentials }).on('error', () => undefined);
  };
  return startTestServer((socket) => {
    if (greeting === 'none') return secure(socket);
    // SSLRequest, answered with "S"
    socket.once('data', () => {
      socket.write('S');
      secure(socket);
    });
    return undefined;
  });
}

/** A TCP server on the loopback whose connections are handled by `onConnection`. */
export async function startTestServer(onConnection: (socket: Socket) => void): Promise<TestServer> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  return listening(server);
}

async function listening(server: Server): Promise<TestServer> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  return {
    port,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
