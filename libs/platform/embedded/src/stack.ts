import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkLake } from './configured-part.ts';
import type { StackPart } from './embedded-part.ts';
import { partNames } from './events.ts';
import type { PartName } from './events.ts';
import type { StackOptions } from './stack-options.ts';
import { announce, choosePort } from './stack-record.ts';
import { openSession } from './stack-session.ts';
import type { Session } from './stack-session.ts';
import { startParts } from './start-parts.ts';
import { superviseProcess } from './supervised-process.ts';
import type { ProcessPlan, SupervisedProcess } from './supervised-process.ts';

export interface Stack {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** `host:port[,host:port]` */
  readonly kafkaBootstrapServers: string;
  readonly schemaRegistryUrl: string;
  /** Without a trailing slash. */
  readonly lakeUrl: string;
  /** The variables an app needs to use this stack. Holds passwords. */
  readonly environment: Readonly<Record<string, string>>;
  readonly postgres: StackPart;
  readonly redis: StackPart;
  readonly kafka: StackPart;
  readonly registry: StackPart;
  /** A free loopback port, the same at each start while nobody else takes it. */
  choosePort(name: string): Promise<number>;
  /** Writes down where something answers, for the CLI to find it. */
  announce(name: string, address: string): void;
  /** Starts an app as a recorded process that does not outlive this one. `stop` ends those still running first. */
  run(plan: ProcessPlan): Promise<SupervisedProcess>;
  /** Orderly: apps, then the servers with Java, then Redis and Postgres. May be called twice. */
  stop(): Promise<void>;
}

/**
 * The local stack: real servers, each embedded unless its variable names one of yours, which is then checked instead.
 * Ends what an earlier, killed supervisor left in `home`, starts the parts side by side and resolves when all serve.
 * Throws a HeadwaterError with its fix, and leaves no process behind, when one cannot.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const session = await openSession(options);
  try {
    const lakeUrl = await chooseLake(options);
    const parts = await startParts(session, partNames);
    return toStack(session, parts, lakeUrl);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** One part alone, in a state folder of its own. */
export async function startPart(
  name: PartName,
  options: StackOptions,
): Promise<StackPart & { close(): Promise<void> }> {
  const session = await openSession(options);
  try {
    const parts = await startParts(session, [name]);
    return { ...parts[name], close: () => session.close() };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function chooseLake({ home, env }: StackOptions): Promise<string> {
  const configured = env['LAKE_URL']?.trim();
  return checkLake(configured ? configured : pathToFileURL(join(home, 'lake')).href);
}

function toStack(session: Session, parts: Record<PartName, StackPart>, lakeUrl: string): Stack {
  const { options, apps } = session;
  return {
    ...parts,
    databaseUrl: parts.postgres.url,
    redisUrl: parts.redis.url,
    kafkaBootstrapServers: parts.kafka.url,
    schemaRegistryUrl: parts.registry.url,
    lakeUrl,
    environment: {
      DATABASE_URL: parts.postgres.url,
      REDIS_URL: parts.redis.url,
      KAFKA_BOOTSTRAP_SERVERS: parts.kafka.url,
      SCHEMA_REGISTRY_URL: parts.registry.url,
      LAKE_URL: lakeUrl,
    },
    choosePort: (name) => choosePort(options, name),
    announce: (name, address) => announce(options.home, name, address),
    async run(plan) {
      const app = await superviseProcess(options.home, plan);
      apps.add(app);
      void app.exited.finally(() => apps.delete(app));
      return app;
    },
    stop: () => session.close(),
  };
}
