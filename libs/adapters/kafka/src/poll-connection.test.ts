import { createAPI, NetworkError, TimeoutError, UserError, Writer } from '@platformatic/kafka';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openPollConnection } from './poll-connection.ts';
import type { PollConnection } from './poll-connection.ts';
import { createRecordSetBuffers } from './record-set-buffers.ts';

/** A peer that answers each request with what the test says. */
const ask = createAPI<[], number>(
  1,
  17,
  () => Writer.create().appendInt32(0),
  (_correlationId, _key, _version, reader) => reader.readInt32(),
);
const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const end of cleanUp.splice(0)) end();
});

async function connectTo(answer: (socket: Socket, request: Buffer) => void): Promise<PollConnection> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (request) => {
      answer(socket, request);
    });
    cleanUp.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const connection = await openPollConnection(
    {
      settings: { bootstrapServers: [`127.0.0.1:${port}`] },
      clientId: 'test',
      timeoutMs: 200,
      buffers: createRecordSetBuffers(),
    },
    { host: '127.0.0.1', port },
  );
  cleanUp.push(() => {
    connection.destroy();
  });
  return connection;
}

/** Size, correlation id of the request, no tags, one INT32. */
function answered(request: Buffer, value: number): Buffer {
  const answer = Buffer.alloc(13);
  answer.writeInt32BE(9, 0);
  request.copy(answer, 4, 8, 12);
  answer.writeInt32BE(value, 9);
  return answer;
}

test('one request after another on one connection, each with its own answer', async () => {
  let turn = 0;
  const connection = await connectTo((socket, request) => socket.write(answered(request, ++turn)));
  expect(await ask.async(connection.asConnection)).toBe(1);
  expect(await ask.async(connection.asConnection)).toBe(2);
  expect(connection.isUsable()).toBe(true);
});

test('an answer that comes byte by byte is one answer', async () => {
  const connection = await connectTo((socket, request) => {
    for (const byte of answered(request, 7)) socket.write(Buffer.of(byte));
  });
  expect(await ask.async(connection.asConnection)).toBe(7);
});

test.each<[string, abstract new (...args: never[]) => Error, (socket: Socket, request: Buffer) => void]>([
  [
    'closes in the middle of an answer',
    NetworkError,
    (socket, request) => socket.end(answered(request, 1).subarray(0, 6)),
  ],
  ['resets the connection', NetworkError, (socket) => socket.resetAndDestroy()],
  ['says nothing', TimeoutError, () => undefined],
  [
    'answers twice at once',
    NetworkError,
    (socket, request) => socket.write(Buffer.concat([answered(request, 1), answered(request, 2)])),
  ],
  ['answers another request', NetworkError, (socket) => socket.write(answered(Buffer.alloc(12), 1))],
  ['speaks HTTP', NetworkError, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['wants TLS', UserError, (socket) => socket.write(Buffer.of(0x15, 3, 3, 0, 2, 2, 40))],
])('a broker that %s fails the request and ends the connection', async (_name, kind, answer) => {
  const connection = await connectTo(answer);
  await expect(ask.async(connection.asConnection)).rejects.toBeInstanceOf(kind);
  expect(connection.isUsable()).toBe(false);
  await expect(ask.async(connection.asConnection)).rejects.toBeInstanceOf(NetworkError);
});

test('a broker that closes a connection nobody asks on makes it unusable', async () => {
  const connection = await connectTo((socket, request) => {
    socket.end(answered(request, 3));
  });
  expect(await ask.async(connection.asConnection)).toBe(3);
  await expect.poll(() => connection.isUsable()).toBe(false);
});

test('bytes that nobody asked for make the connection unusable: they are no part of the next answer', async () => {
  const connection = await connectTo((socket, request) => {
    socket.write(answered(request, 3));
    setTimeout(() => socket.write(Buffer.of(0)), 20);
  });
  expect(await ask.async(connection.asConnection)).toBe(3);
  await expect.poll(() => connection.isUsable()).toBe(false);
});

test('a second request while one waits is refused and the first is answered', async () => {
  const connection = await connectTo((socket, request) =>
    setTimeout(() => socket.write(answered(request, 5)), 20),
  );
  const first = ask.async(connection.asConnection);
  await expect(ask.async(connection.asConnection)).rejects.toBeInstanceOf(UserError);
  expect(await first).toBe(5);
});
