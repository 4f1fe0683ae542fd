import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';

/**
 * What may go wrong between a client and its S3 store. Those that end in `after-effect` happen when the store has done
 * what was asked; the client cannot tell.
 */
export type S3Fault =
  | 'answer-412'
  | 'answer-409'
  | 'answer-500'
  | 'answer-503'
  | 'answer-500-after-effect'
  | 'answer-503-after-effect'
  | 'reset-mid-body'
  | 'reset-after-effect'
  | 'timeout'
  | 'timeout-after-effect'
  | 'slow'
  | 'answer-cut-short'
  | 'stale-list'
  | 'ignored-condition';

export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  /** Decoded; empty for requests to the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export interface S3FaultProxy {
  readonly endpoint: string;
  /** Asked for each request, in order of arrival; undefined passes it on as it is. The request waits for a promise. */
  inject: (request: S3Request) => S3Fault | undefined | Promise<S3Fault | undefined>;
  /** How often each fault took place: a test that injects one proves with it that it fired. */
  readonly fired: ReadonlyMap<S3Fault, number>;
  requests(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

const SLOW_MS = 150;

/** A proxy in front of an S3 store over HTTP. Signatures stay valid: the store sees the host the client signed. */
export async function startS3FaultProxy(target: string): Promise<S3FaultProxy> {
  const fired = new Map<S3Fault, number>();
  const lists = new Map<string, string>();
  let seen = 0;
  const proxy: { inject: S3FaultProxy['inject'] } = { inject: () => undefined };
  const server = createServer((incoming, outgoing) => {
    seen++;
    incoming.on('error', () => undefined);
    outgoing.on('error', () => undefined);
    const pass = async () => {
      const asked = toRequest(incoming);
      const fault = await proxy.inject(asked);
      if (fault !== undefined) fired.set(fault, (fired.get(fault) ?? 0) + 1);
      await answer({ target, incoming, outgoing, asked, lists }, fault);
    };
    pass().catch(() => incoming.socket.resetAndDestroy());
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    fired,
    requests: () => seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

interface Exchange {
  readonly target: string;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly asked: S3Request;
  /** The last whole listing seen per bucket and prefix, which a stale one repeats. */
  readonly lists: Map<string, string>;
}

async function answer(exchange: Exchange, fault: S3Fault | undefined): Promise<void> {
  const { incoming, outgoing, asked, lists } = exchange;
  const body = fault === 'reset-mid-body' ? Buffer.alloc(0) : await readAll(incoming);
  switch (fault) {
    case 'reset-mid-body':
      incoming.once('data', () => incoming.socket.resetAndDestroy());
      setTimeout(() => incoming.socket.resetAndDestroy(), 20);
      return;
    case 'answer-412':
      return refuse(outgoing, 412, 'PreconditionFailed');
    case 'answer-409':
      return refuse(outgoing, 409, 'ConditionalRequestConflict');
    case 'answer-500':
      return refuse(outgoing, 500, 'InternalError');
    case 'answer-503':
      return refuse(outgoing, 503, 'SlowDown');
    case 'timeout':
      return;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      break;
    default:
  }
  const key = `${asked.bucket}?${asked.query.get('prefix') ?? ''}&${asked.query.get('start-after') ?? ''}`;
  const isList = asked.method === 'GET' && asked.query.has('list-type');
  if (fault === 'stale-list' && isList) {
    const stale = lists.get(key) ?? emptyList(asked);
    return void outgoing.writeHead(200, { 'content-type': 'application/xml' }).end(stale);
  }
  const given = await forward(exchange, body);
  if (isList && given.status === 200) lists.set(key, given.body.toString('utf8'));
  switch (fault) {
    case 'timeout-after-effect':
      return;
    case 'reset-after-effect':
      return void incoming.socket.resetAndDestroy();
    case 'ignored-condition':
      return void outgoing.writeHead(given.status === 412 ? 200 : given.status, { etag: '"0"' }).end();
    case 'answer-500-after-effect':
      return refuse(outgoing, 500, 'InternalError');
    case 'answer-503-after-effect':
      return refuse(outgoing, 503, 'SlowDown');
    case 'answer-cut-short':
      outgoing.writeHead(given.status, given.headers);
      outgoing.write(given.body.subarray(0, Math.floor(given.body.length / 2)));
      return void setTimeout(() => incoming.socket.resetAndDestroy(), 5);
    default:
      outgoing.writeHead(given.status, given.headers).end(given.body);
  }
}

interface Given {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward({ target, incoming, asked }: Exchange, body: Buffer): Promise<Given> {
  const { hostname, port } = new URL(target);
  const { headers, url: path } = incoming;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method: asked.method, path, headers, agent }, (response) => {
      readAll(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: bytes }),
        reject,
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function refuse(outgoing: ServerResponse, status: number, code: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>injected</Message></Error>`;
  outgoing.writeHead(status, { 'content-type': 'application/xml' }).end(text);
}

const emptyList = ({ bucket, query }: S3Request): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>${bucket}</Name><Prefix>${query.get('prefix') ?? ''}</Prefix>` +
  '<KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>';

function toRequest({ method = 'GET', url = '/', headers }: IncomingMessage): S3Request {
  const { pathname, searchParams } = new URL(url, 'http://proxy');
  const [, bucket = '', ...rest] = pathname.split('/').map(decodeURIComponent);
  return { method, bucket, key: rest.join('/'), query: searchParams, headers };
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
