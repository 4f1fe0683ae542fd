import { mkdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { userError } from '@headwater/kernel';
import { provideArtifact } from './artifact-cache.ts';
import type { ArtifactName } from './artifact-cache.ts';
import { checkConfigured, checkLake, configuredUrl, publicAddress } from './configured-part.ts';
import { requireFreeBytes } from './disk-space.ts';
import type { StackPart } from './embedded-part.ts';
import { partNames } from './events.ts';
import type { OnStackEvent, PartName } from './events.ts';
import { chooseFreePort } from './free-port.ts';
import { findUsableJava } from './fetched-java.ts';
import type { Java } from './java-home.ts';
import { configuredBy } from './part-start.ts';
import type { PartContext } from './part-start.ts';
import { prepareKafka } from './parts/kafka.ts';
import { preparePostgres } from './parts/postgres.ts';
import { prepareRedis } from './parts/redis.ts';
import { prepareRegistry } from './parts/registry.ts';
import { identifyProcess } from './process-identity.ts';
import { readStackFile, updateStackFile } from './stack-file.ts';
import { lockHome } from './stack-lock.ts';
import { endOrphan, superviseProcess } from './supervised-process.ts';
import type { ProcessPlan, SupervisedProcess } from './supervised-process.ts';

export interface StackOptions {
  /** Folder of all state: data, logs, `stack.json`. */
  readonly home: string;
  /** Folder of fetched parts, used by every state folder on this machine. */
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: OnStackEvent;
  /** False leaves the servers running when this process is killed; the next start ends them. Default true. */
  readonly followsParentDeath?: boolean;
}

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

/** Everything Headwater keeps in a state folder. Reset deletes these and nothing else, whatever folder it is given. */
const stateEntries = [
  ...['postgres', 'postgres.pending', 'postgres.initial', 'postgres.password'],
  ...['redis', 'kafka', 'registry', 'lake', 'logs', 'stack.json', 'token'],
];

/** Deletes all state in `home`: data, logs, ports, tokens. Ends orphans first; refuses while a supervisor runs. */
export async function resetStack(home: string, onProgress: OnStackEvent): Promise<void> {
  const release = lockHome(home);
  try {
    await endOrphans(home, onProgress);
    for (const entry of stateEntries) await rm(join(home, entry), { recursive: true, force: true });
  } finally {
    release();
  }
  await rmdir(home).catch(() => undefined);
}

const freeBytesMin = 300_000_000;

interface Session {
  readonly options: StackOptions;
  readonly started: Map<PartName, StackPart>;
  readonly apps: Set<SupervisedProcess>;
  close(): Promise<void>;
}

async function openSession(options: StackOptions): Promise<Session> {
  const release = lockHome(options.home);
  await endOrphans(options.home, options.onProgress);
  const supervisor = identifyProcess(process.pid);
  updateStackFile(options.home, ({ ports, format }) => ({
    format,
    ports,
    processes: [],
    addresses: {},
    ...(supervisor === undefined ? {} : { supervisor }),
  }));
  const started = new Map<PartName, StackPart>();
  const apps = new Set<SupervisedProcess>();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([...apps].map((app) => app.stop()));
    await Promise.all([started.get('registry')?.stop(), started.get('kafka')?.stop()]);
    await Promise.all([started.get('redis')?.stop(), started.get('postgres')?.stop()]);
    updateStackFile(options.home, ({ ports, format }) => ({ format, ports, processes: [], addresses: {} }));
    release();
  };
  return { options, started, apps, close: () => (closing ??= close()) };
}

async function endOrphans(home: string, onProgress: OnStackEvent): Promise<void> {
  await Promise.all(
    readStackFile(home).processes.map(async (orphan) => {
      if (await endOrphan(orphan)) onProgress({ kind: 'orphan.ended', name: orphan.name, pid: orphan.pid });
    }),
  );
}

async function chooseLake({ home, env }: StackOptions): Promise<string> {
  const configured = env['LAKE_URL']?.trim();
  return checkLake(configured ? configured : pathToFileURL(join(home, 'lake')).href);
}

/** Configured parts first: a wrong setting is told before anything is fetched or started. */
async function startParts<N extends PartName>(
  session: Session,
  names: readonly N[],
): Promise<Record<N, StackPart>> {
  const { env, home } = session.options;
  const start = createPartStarter(session);
  const isConfigured = (name: N): boolean => configuredUrl(name, env) !== undefined;
  const configured = await settleAll(names.filter(isConfigured), (name) =>
    reportReady(session.options, name, () => adoptConfigured(name, configuredUrl(name, env) ?? '', env)),
  );
  const embedded = names.filter((name) => !isConfigured(name));
  if (embedded.length > 0) await requireFreeBytes(home, freeBytesMin, 'The data of the local stack');
  const started = await settleAll(embedded, (name) => reportReady(session.options, name, () => start(name)));
  return Object.fromEntries([...configured, ...started]) as Record<N, StackPart>;
}

/** Waits for all, also when one fails, so that nothing is still starting when the failure is handled. */
async function settleAll<N, T>(names: readonly N[], work: (name: N) => Promise<T>): Promise<[N, T][]> {
  const outcomes = await Promise.allSettled(
    names.map(async (name): Promise<[N, T]> => [name, await work(name)]),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

async function reportReady(
  { home, onProgress }: StackOptions,
  name: PartName,
  start: () => Promise<StackPart>,
): Promise<StackPart> {
  const began = performance.now();
  onProgress({ kind: 'part.starting', part: name });
  const part = await start();
  const durationMs = Math.round(performance.now() - began);
  const address = publicAddress(part.url);
  announce(home, name, address);
  onProgress({ kind: 'part.ready', part: name, address, source: part.source, durationMs });
  return part;
}

async function adoptConfigured(name: PartName, url: string, env: StackOptions['env']): Promise<StackPart> {
  await checkConfigured(name, url, env);
  const notOurs = async (): Promise<void> => {
    throw userError({
      code: 'HW_STACK_PART_NOT_OURS',
      message: `${name} is configured by ${configuredBy[name]}; this program neither starts nor kills it.`,
      fix: `Unset ${configuredBy[name]} to use the embedded ${name}.`,
    });
  };
  return {
    name,
    url,
    source: 'configured',
    pid: () => undefined,
    start: notOurs,
    kill: notOurs,
    stop: async () => undefined,
  };
}

/** Starts embedded parts. Artifacts are fetched one after the other, because Maven's repository has no lock. */
function createPartStarter({ options, started }: Session): (name: PartName) => Promise<StackPart> {
  const { home, cacheDir, env, onProgress } = options;
  let java: Promise<Java> | undefined;
  const needJava = (): Promise<Java> => (java ??= findUsableJava({ env, cacheDir }));
  let fetches: Promise<unknown> = Promise.resolve();
  const provide = async (name: ArtifactName): Promise<string> => {
    const { home: javaHome } = await needJava();
    const fetched = fetches.then(() => provideArtifact(name, { cacheDir, env, javaHome, onProgress }));
    fetches = fetched.catch(() => undefined);
    return fetched;
  };
  const contextOf = async (name: string): Promise<PartContext> => ({
    home,
    env,
    port: await choosePort(options, name),
    followsParentDeath: options.followsParentDeath ?? true,
  });
  const prepare: Readonly<Record<PartName, () => Promise<StackPart>>> = {
    postgres: async () => preparePostgres(await contextOf('postgres'), onProgress),
    redis: async () => prepareRedis(await contextOf('redis'), () => provide('redis'), onProgress),
    async kafka() {
      const jars = await provide('kafka');
      const controllerPort = await choosePort(options, 'kafka-controller');
      const context = {
        ...(await contextOf('kafka')),
        controllerPort,
        cacheDir,
        java: await needJava(),
        jars,
      };
      return prepareKafka(context, onProgress);
    },
    async registry() {
      const application = await provide('registry');
      const managementPort = await choosePort(options, 'registry-management');
      const context = await contextOf('registry');
      return prepareRegistry(
        { ...context, managementPort, cacheDir, java: await needJava(), application },
        onProgress,
      );
    },
  };
  return async (name) => {
    await mkdir(join(home, 'logs'), { recursive: true });
    const part = await prepare[name]();
    started.set(name, part);
    await part.start();
    return part;
  };
}

async function choosePort({ home, onProgress }: StackOptions, name: string): Promise<number> {
  const { ports } = readStackFile(home);
  const previous = ports[name];
  const port = await chooseFreePort(previous, Object.values(ports));
  if (previous !== undefined && previous !== port) {
    onProgress({ kind: 'port.changed', name, previous, port });
  }
  updateStackFile(home, (before) => ({ ...before, ports: { ...before.ports, [name]: port } }));
  return port;
}

function announce(home: string, name: string, address: string): void {
  updateStackFile(home, (before) => ({ ...before, addresses: { ...before.addresses, [name]: address } }));
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
