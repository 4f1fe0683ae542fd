import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createBrokerConnections } from './broker-connections.ts';
import type { BrokerAddress } from './broker-request.ts';

interface Peer {
  readonly address: BrokerAddress;
  /** Every connection it was asked for. */
  readonly sockets: Socket[];
}

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const end of cleanUp.splice(0)) end();
});

/** A broker that takes connections and says nothing. */
async function silentPeer(): Promise<Peer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: { host: '127.0.0.1', port }, sockets };
}

const connectionsTo = ({ address: { host, port } }: Peer, sasl = false) =>
  createBrokerConnections({
    clientId: 'test',
    settings: {
      bootstrapServers: [`${host}:${port}`],
      ...(sasl ? { sasl: { mechanism: 'PLAIN', username: 'u', password: 'p' } } : {}),
    },
  });

const closed = { code: 'HW_KAFKA_CLIENT_CLOSED' };

test('a request that is under way while the client is closed opens no connection', async () => {
  const peer = await silentPeer();
  const connections = connectionsTo(peer);
  const asked = connections.request(peer.address, () => Promise.resolve('answer'));
  const refused = expect(asked).rejects.toMatchObject(closed);
  await connections.close();
  await refused;
  const later = createBrokerConnections({ clientId: 'later', settings: { bootstrapServers: [] } });
  await later.request(peer.address, () => Promise.resolve());
  expect(peer.sockets).toHaveLength(1);
  await later.close();
});

test('a request that would renew a connection after the client was closed leaves none open', async () => {
  const peer = await silentPeer();
  const connections = connectionsTo(peer);
  await connections.request(peer.address, () => Promise.resolve());
  await expect.poll(() => peer.sockets.length).toBe(1);
  const lost = connections.request(peer.address, () => Promise.reject(new Error('lost')));
  await expect(lost).rejects.toThrow('lost');
  const asked = connections.request(peer.address, () => Promise.resolve('answer'));
  const refused = expect(asked).rejects.toMatchObject(closed);
  await connections.close();
  await refused;
  await expect
    .poll(() => peer.sockets.every(({ readableEnded, destroyed }) => readableEnded || destroyed))
    .toBe(true);
  expect(peer.sockets).toHaveLength(1);
});

test('a connection that logs in while the client is closed is closed too', async () => {
  const peer = await silentPeer();
  const connections = connectionsTo(peer, true);
  const asked = connections.request(peer.address, () => Promise.resolve('answer'));
  const refused = expect(asked).rejects.toThrow();
  await expect.poll(() => peer.sockets.length).toBe(1);
  await connections.close();
  await refused;
  await expect
    .poll(() => peer.sockets.every(({ readableEnded, destroyed }) => readableEnded || destroyed))
    .toBe(true);
});
