import { operationalError } from '@headwater/kernel';
import { afterEach, expect, test } from 'vitest';
import { createMetrics, serveHealth, type HealthOptions } from './index.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

async function serve(options: Partial<HealthOptions>): Promise<string> {
  const metrics = createMetrics({ app: 'test' });
  const server = await serveHealth({
    host: '127.0.0.1',
    port: 0,
    isLive: () => true,
    readiness: {},
    metrics,
    ...options,
  });
  closing.push(server.close);
  return server.url;
}

test('liveness follows the process, not its dependencies', async () => {
  const down = () => Promise.reject(new Error('down'));
  const live = await serve({ readiness: { kafka: down } });
  const dead = await serve({ isLive: () => false });
  expect((await fetch(`${live}/healthz`)).status).toBe(200);
  expect((await fetch(`${dead}/healthz`)).status).toBe(503);
});

test('readiness names the check that fails, with its fix and without credentials', async () => {
  const url = await serve({
    readiness: {
      kafka: () => Promise.resolve(),
      postgres: () =>
        Promise.reject(
          operationalError({ code: 'HW_DB_DOWN', message: 'postgres://a:b@db is down', fix: 'Start it.' }),
        ),
    },
  });
  const response = await fetch(`${url}/readyz`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    ready: false,
    checks: {
      kafka: { ok: true },
      postgres: { ok: false, problem: 'HW_DB_DOWN: postgres://***@db is down Fix: Start it.' },
    },
  });
});

test('a check that never answers counts as failed', async () => {
  const url = await serve({ readiness: { kafka: () => new Promise(() => undefined) } });
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
    ready: false,
    checks: { kafka: { ok: false, problem: 'no answer within 2000 ms' } },
  });
});

test('metrics are served in the Prometheus text format with their labels', async () => {
  const metrics = createMetrics({ app: 'test' });
  metrics.counter('rows_landed_total', 'Rows.', ['product']).add(3, { product: 'ads' });
  metrics.gauge('lag_records', 'Lag.').set(7);
  metrics.histogram('commit_seconds', 'Commit.', { buckets: [0.1, 1] }).observe(0.5);
  const url = await serve({ metrics });
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(text).toContain('headwater_rows_landed_total{product="ads",app="test"} 3');
  expect(text).toContain('headwater_lag_records{app="test"} 7');
  expect(text).toContain('headwater_commit_seconds_bucket{le="1",app="test"} 1');
});
