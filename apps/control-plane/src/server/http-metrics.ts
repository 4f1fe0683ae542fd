import type { Metrics } from '@headwater/platform-observability';
import type { FastifyInstance } from 'fastify';
import type { Inventory } from '../topic/inventory.ts';

/** How long answers take, by route and status, and how old our picture of the cluster is. */
export function mountHttpMetrics(
  server: Pick<FastifyInstance, 'addHook'>,
  metrics: Metrics,
  { inventory, nowMs }: { readonly inventory: Inventory; readonly nowMs: () => number },
): void {
  const seconds = metrics.histogram('http_request_seconds', 'Time to answer.', {
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
  });
  const age = metrics.gauge('inventory_age_seconds', 'Age of the observed inventory; -1 before the first.');
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    seconds.observe(reply.elapsedTime / 1_000, { route, status: String(reply.statusCode) });
    const { observedAtMs } = inventory.current();
    age.set(observedAtMs === undefined ? -1 : (nowMs() - observedAtMs) / 1_000);
  });
}
