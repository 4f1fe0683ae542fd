import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDoorbell, startWorkRunner } from '@headwater/adapter-queue';
import { bindHandlers } from '@headwater/core-jobs';
import { silentLogger } from '@headwater/kernel';
import { createMetrics, type Traces } from '@headwater/platform-observability';
import type { TestStack } from '@headwater/testkit';
import type { CommandContext } from '../apps/cli/src/context.ts';
import { connectControlPlane } from '../apps/cli/src/control-plane/client.ts';
import { messagesOf, type Language } from '../apps/cli/src/message/index.ts';
import { buildProgram } from '../apps/cli/src/program.ts';
import { createServices, type RunningServices } from '../apps/control-plane/src/create-services.ts';
import { readEnvironment } from '../apps/control-plane/src/environment.ts';
import { createServer } from '../apps/control-plane/src/server/create-server.ts';
import { operatingHandlers } from '../apps/staging-worker/src/replay/operating-jobs.ts';
import {
  createStagingFixture,
  type ReadTable,
  type RunningWorker,
  type StagingFixture,
} from '../apps/staging-worker/src/staging-fixture.test-data.ts';

/** A staging fixture with a control plane on the same database, and the command line in front of it. */
export interface OperatingWorld {
  readonly staging: StagingFixture;
  readonly services: RunningServices['services'];
  /** Carries out operators' plans as a staging worker does; `wrap` may break what it touches. */
  carryOut(
    worker: RunningWorker,
    wrap?: (world: RunningWorker['operating']) => RunningWorker['operating'],
  ): Promise<{ close(): Promise<void> }>;
  /** Sends a document as the administrator. */
  ask<T>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  /** Runs a command; answers its lines on standard output, or throws what a person would see. */
  headwater(args: readonly string[], language?: Language): Promise<string>;
  /** A table as somebody else would read it. */
  readTable(url: string, pipelineId: string): Promise<ReadTable>;
  /** Ends what a test began. */
  endTest(): Promise<void>;
  close(): Promise<void>;
}

export async function createOperatingWorld(stack: TestStack, traces?: Traces): Promise<OperatingWorld> {
  const staging = await createStagingFixture(stack);
  const home = mkdtempSync(path.join(tmpdir(), 'headwater-operate-'));
  const environment = readEnvironment({
    DATABASE_URL: staging.databaseUrl,
    REDIS_URL: stack.redisUrl,
    KAFKA_BOOTSTRAP_SERVERS: stack.kafkaBootstrapServers,
    SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
    LAKE_URL: staging.lakeUrl,
    HEADWATER_INSECURE: '1',
    HEADWATER_HOME: home,
  });
  const running = await createServices(environment, silentLogger);
  const server = await createServer({
    services: running.services,
    metrics: createMetrics({ app: 'control-plane' }),
    ...(traces === undefined ? {} : { traces }),
    readiness: running.readiness,
    http: { host: '127.0.0.1', port: 0 },
  });
  const token = await addAdministrator(running);
  const carrying = new Set<() => Promise<void>>();
  const controlPlane = connectControlPlane({ url: server.url, token });
  return {
    staging,
    services: running.services,
    ask: (document, variables) => controlPlane.ask(document, variables),
    async carryOut(worker, wrap = (same) => same) {
      const doorbell = await createDoorbell({ redisUrl: stack.redisUrl, logger: silentLogger });
      const runner = startWorkRunner({
        queue: 'operating',
        work: staging.postgres.work,
        doorbell,
        runJob: bindHandlers('operating', operatingHandlers(wrap(worker.operating))),
        owner: randomUUID(),
        logger: silentLogger,
        concurrency: 2,
        sweepIntervalMs: 200,
      });
      const close = async () => {
        if (!carrying.delete(close)) return;
        await runner.close();
        await doorbell.close();
      };
      carrying.add(close);
      return { close };
    },
    async headwater(args, language = 'en') {
      const lines: string[] = [];
      const context = {
        environment: {},
        terminal: {
          isLive: false,
          print: (line: string) => void lines.push(line),
          say: () => undefined,
          redraw: (all: readonly string[]) => void lines.push(...all),
        },
        messages: messagesOf(language),
        format: () => (args.includes('json') ? 'json' : 'table'),
        controlPlane: () => controlPlane,
      } as unknown as CommandContext;
      await buildProgram(context).command.parseAsync(['node', 'headwater', ...args]);
      return lines.join('\n');
    },
    readTable: (url, pipelineId) => staging.readTable(url, pipelineId),
    async endTest() {
      for (const end of carrying) await end();
      await staging.endTest();
    },
    async close() {
      await server.close();
      await running.close();
      await staging.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function addAdministrator({ services }: RunningServices): Promise<string> {
  const secret = `hw_${randomUUID()}`;
  await services.database.unit(async (unit) => {
    await unit.tokens.create({
      id: randomUUID(),
      name: 'ada',
      role: 'admin',
      prefix: secret.slice(0, 8),
      secretHash: createHash('sha256').update(secret).digest('hex'),
    });
    await unit.audit.append({ actor: 'test', event: 'token.created', subject: 'ada', facts: {} });
  });
  return secret;
}
