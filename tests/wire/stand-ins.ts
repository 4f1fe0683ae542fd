import { createServer } from 'node:http';
import { once } from 'node:events';
import { startTestServer, type TestServer } from '@headwater/testkit';

/** What answers for servers that are too old, or of another make, to be started here. */

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** A broker of Kafka 2.8 as far as ApiVersions and Metadata go. */
export const startOldKafka = (): Promise<TestServer> =>
  startTestServer((socket) => {
    socket.on('data', (request) => {
      const correlation = request.subarray(8, 12);
      const apis = [
        [1, 0, 12],
        [3, 0, 11],
        [10, 0, 3],
        [18, 0, 3],
      ].map(([key = 0, min = 0, max = 0]) => Buffer.concat([int16(key), int16(min), int16(max)]));
      const isVersions = request.readInt16BE(4) === 18;
      const body = isVersions ? Buffer.concat([int16(0), int32(apis.length), ...apis]) : Buffer.alloc(12);
      socket.write(Buffer.concat([int32(body.length + 4), correlation, body]));
    });
  });

/** Postgres that lets everybody in and answers one row of text to every question. */
export const startPostgresWith = (row: readonly string[]): Promise<TestServer> =>
  startTestServer((socket) => {
    const message = (type: string, body: Buffer) =>
      Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
    const columns = row.map((value) => Buffer.concat([int32(value.length), Buffer.from(value)]));
    const ready = message('Z', Buffer.from('I'));
    socket.on('data', (request) => {
      const isQuery = request.toString('latin1', 0, 1) === 'Q';
      socket.write(
        isQuery
          ? Buffer.concat([message('D', Buffer.concat([int16(row.length), ...columns])), ready])
          : Buffer.concat([message('R', int32(0)), ready]),
      );
    });
  });

/** Redis that says it is of this version. */
export const startRedisOf = (version: string): Promise<TestServer> =>
  startTestServer((socket) => {
    socket.on('data', (request) => {
      const info = `redis_version:${version}\r\nmaxmemory_policy:noeviction\r\n`;
      const isPing = request.includes('PING');
      socket.write(isPing ? '+PONG\r\n' : `$${info.length}\r\n${info}\r\n`);
    });
  });

/** An HTTP server that answers these paths and 404 for all others. */
export async function startHttp(
  answers: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200, { ...headers, 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'no such path' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { readonly port: number }).port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
