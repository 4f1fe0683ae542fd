import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createLogger, createTraces, currentTraceId, parseTraceParent, withTrace } from './index.ts';

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

/** A receiver that speaks OTLP over HTTP with JSON bodies and keeps what it got. */
async function startReceiver(answer = 200) {
  const spans: OtlpSpan[] = [];
  const headers: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      headers.push(String(request.headers['x-key']));
      if (request.url === '/v1/traces' && request.headers['content-type'] === 'application/json') {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as {
          resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
        };
        spans.push(
          ...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((each) => each.spans)),
        );
      }
      response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, headers };
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const finished = {
  traceId,
  name: 'staging batch',
  startMs: 1_700_000_000_000,
  endMs: 1_700_000_000_900,
  attributes: { 'headwater.records': 7 },
  parts: [
    { name: 'fill', startMs: 1_700_000_000_000, endMs: 1_700_000_000_400 },
    { name: 'commit', startMs: 1_700_000_000_400, endMs: 1_700_000_000_900, problem: 'HW_STORE_DISK_FULL' },
  ],
};

test('a trace arrives under the id that was chosen for it: one root, its parts under it', async () => {
  const receiver = await startReceiver();
  const traces = createTraces({
    app: 'test',
    version: '1',
    endpoint: receiver.url,
    headers: { 'x-key': 'k' },
    delayMs: 10,
  });
  traces.record(finished);
  await traces.close();
  expect(receiver.spans.map(({ name, traceId: id }) => [name, id])).toEqual(
    expect.arrayContaining([
      ['staging batch', traceId],
      ['fill', traceId],
      ['commit', traceId],
    ]),
  );
  const root = receiver.spans.find(({ name }) => name === 'staging batch')!;
  expect(root.parentSpanId ?? '').toBe('');
  expect(root.startTimeUnixNano).toBe('1700000000000000000');
  const commit = receiver.spans.find(({ name }) => name === 'commit')!;
  expect(commit.parentSpanId).toBe(root.spanId);
  expect(commit.status).toEqual({ code: 2, message: 'HW_STORE_DISK_FULL' });
  expect(receiver.headers).toEqual(['k']);
});

test('a trace that began elsewhere goes on under its caller', async () => {
  const receiver = await startReceiver();
  const traces = createTraces({ app: 'test', version: '1', endpoint: `${receiver.url}/` });
  traces.record({ ...finished, parentSpanId: 'b7ad6b7169203331', parts: [] });
  await traces.close();
  expect(receiver.spans.map(({ parentSpanId }) => parentSpanId)).toEqual(['b7ad6b7169203331']);
});

test('a receiver that refuses or is away costs nothing but its spans', async () => {
  const refusing = await startReceiver(400);
  const gone = createTraces({ app: 'test', version: '1', endpoint: 'http://127.0.0.1:1' });
  const refused = createTraces({ app: 'test', version: '1', endpoint: refusing.url });
  for (let count = 0; count < 3_000; count += 1) {
    gone.record(finished);
    refused.record(finished);
  }
  await Promise.all([gone.close(), refused.close()]);
  await vi.waitFor(() => expect(refusing.headers.length).toBeGreaterThan(0));
});

test('without an endpoint nothing is made', () => {
  expect(createTraces({ app: 'test', version: '1', endpoint: undefined }).isOn).toBe(false);
});

test('a log line inside a trace carries its id, one outside does not', () => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
  const logger = createLogger({ app: 'test', level: 'info', destination });
  withTrace(traceId, () => logger.info({}, 'inside'));
  logger.info({}, 'outside');
  expect(lines.map((line) => line['traceId'])).toEqual([traceId, undefined]);
  expect(currentTraceId()).toBeUndefined();
});

test.each([
  ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', { traceId, spanId: 'b7ad6b7169203331' }],
  ['00-00000000000000000000000000000000-b7ad6b7169203331-01', undefined],
  ['00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01', undefined],
  ['nonsense', undefined],
  [undefined, undefined],
])('traceparent %s', (header, expected) => expect(parseTraceParent(header)).toEqual(expected));
