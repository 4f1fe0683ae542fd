import 'reflect-metadata';
import { mountHealth, noTraces, type Metrics, type Traces } from '@headwater/platform-observability';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.ts';
import type { Services } from '../services.ts';
import { createAuthentication } from '../viewer/authentication.ts';
import { mountGraphiql } from './graphiql.ts';
import { createGraphqlOptions } from './graphql-options.ts';
import { createGraphqlTraces, mountTraces } from './graphql-traces.ts';
import { mountHttpMetrics } from './http-metrics.ts';
import { toNestLogger } from './nest-logger.ts';

export interface ServerOptions {
  readonly services: Services;
  readonly metrics: Metrics;
  readonly traces?: Traces;
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  readonly http: { readonly host: string; readonly port: number };
}

export interface Server {
  /** `http://host:port` */
  readonly url: string;
  close(): Promise<void>;
}

const bodyBytesMax = 4 * 1024 * 1024;

/** Serves GraphQL, health and, in local mode, GraphiQL. Port 0 lets the operating system choose. */
export async function createServer({
  services,
  metrics,
  traces = noTraces,
  readiness,
  http,
}: ServerOptions): Promise<Server> {
  const authentication = createAuthentication(services.database.reads, services.platform);
  const adapter = new FastifyAdapter({ bodyLimit: bodyBytesMax, forceCloseConnections: true });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(
      services,
      createGraphqlOptions(services, authentication, createGraphqlTraces(metrics, traces)),
    ),
    adapter,
    { logger: toNestLogger(services.platform.logger), abortOnError: false },
  );
  const fastify = app.getHttpAdapter().getInstance();
  const { inventory, platform } = services;
  mountTraces(fastify as never);
  mountHttpMetrics(fastify as never, metrics, { inventory, nowMs: platform.clock.nowMs });
  mountHealth(fastify as never, { isLive: () => true, readiness, metrics });
  if (services.settings.isInsecure) mountGraphiql(fastify as never);
  await app.listen(http.port, http.host);
  return { url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), close: () => app.close() };
}
