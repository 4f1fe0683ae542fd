import { describeError } from '@headwater/kernel';
import fastify, { type FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';
import { hideUrlCredentials } from './logger.ts';

export interface HealthOptions {
  /** False when the process cannot recover by itself and should be restarted. */
  readonly isLive: () => boolean;
  /** One check for each thing the process needs; it throws, or takes longer than 2 s, when the thing is not usable. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  readonly metrics: Metrics;
}

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly problem?: string }>>;
}

const checkMsMax = 2_000;

/** The parts of a Fastify server that health needs, so that an app can pass the server it already has. */
export type HealthServer = Pick<FastifyInstance, 'get'>;

/** Adds GET /healthz, /readyz (200 or 503, with each check) and /metrics. */
export function mountHealth(server: HealthServer, { isLive, readiness, metrics }: HealthOptions): void {
  server.get('/healthz', async (_request, reply) => {
    const live = isLive();
    return reply.code(live ? 200 : 503).send({ live });
  });
  server.get('/readyz', async (_request, reply) => {
    const report = await checkReadiness(readiness);
    return reply.code(report.ready ? 200 : 503).send(report);
  });
  server.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}

/** Serves health on a port of its own; port 0 lets the operating system choose. */
export async function serveHealth(
  options: HealthOptions & { readonly host: string; readonly port: number },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = fastify({ forceCloseConnections: true });
  mountHealth(server, options);
  const url = await server.listen({ host: options.host, port: options.port });
  return { url, close: () => server.close() };
}

export async function checkReadiness(readiness: HealthOptions['readiness']): Promise<ReadinessReport> {
  const checks = await Promise.all(
    Object.entries(readiness).map(async ([name, check]) => [name, await runCheck(check)] as const),
  );
  return { ready: checks.every(([, { ok }]) => ok), checks: Object.fromEntries(checks) };
}

async function runCheck(check: () => Promise<void>): Promise<ReadinessReport['checks'][string]> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkMsMax} ms`)), checkMsMax);
  });
  try {
    await Promise.race([check(), tooSlow]);
    return { ok: true };
  } catch (error) {
    return { ok: false, problem: hideUrlCredentials(describeError(error)) };
  } finally {
    clearTimeout(timer);
  }
}
