import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  artifactFolder,
  becomesTrue,
  chooseClassArchive,
  chooseFreePort,
  fetchServers,
  findUsableJava,
  superviseProcess,
} from '@headwater/platform-embedded';
import type { SupervisedProcess } from '@headwater/platform-embedded';
import { createTestHome, testCacheDir } from '../test-home.ts';
import { environmentWithoutParts } from '../test-stack.ts';
import { brokerLogging, brokerProperties, metaProperties } from './broker-files.ts';
import type { BrokerPlace } from './broker-files.ts';

/** One broker of the three. */
export interface ClusterBroker {
  readonly nodeId: number;
  readonly address: string;
  /** kill -9. */
  kill(): Promise<void>;
  /** Orderly: it hands its partitions over first. */
  stop(): Promise<void>;
  /** Resolves when it serves, on the same port and with the data it had. */
  start(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
}

export interface ThreeBrokers {
  readonly bootstrapServers: readonly string[];
  /** Broker 1 is the only controller too and has to stay; brokers 2 and 3 may be killed and frozen. */
  readonly brokers: readonly [ClusterBroker, ClusterBroker, ClusterBroker];
  [Symbol.asyncDispose](): Promise<void>;
}

const START_MS_MAX = 90_000;
/** Each broker, megabytes of heap. */
const HEAP_MB = 192;

/**
 * Three Kafka brokers that notice within about two seconds when one of them is gone. Topics get three replicas and need
 * one; `settings` are put on top of every broker's properties.
 */
export async function startThreeBrokers(
  settings: Readonly<Record<string, string>> = {},
): Promise<ThreeBrokers> {
  const home = createTestHome();
  const env = environmentWithoutParts();
  const cacheDir = testCacheDir();
  await fetchServers({ cacheDir, env, onProgress: () => undefined });
  const java = await findUsableJava({ env, cacheDir });
  const jars = artifactFolder(cacheDir, 'kafka');
  const files = (await readdir(jars)).filter((file) => file.endsWith('.jar')).sort();
  const classPath = files.map((file) => join(jars, file)).join(':');
  const archive = await chooseClassArchive(cacheDir, 'kafka', java, classPath);
  const logging = join(home, 'log4j2.xml');
  await writeFile(logging, brokerLogging);
  const flags = [
    ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xms48m', `-Xmx${HEAP_MB}m`],
    // Brokers that are killed must not write the archive.
    ...archive.flags.filter((flag) => !flag.startsWith('-XX:ArchiveClassesAtExit')),
    ...['-cp', classPath, `-Dlog4j2.configurationFile=${logging}`],
  ];
  const places = await choosePlaces();
  const clusterId = randomBytes(16).toString('base64url');
  const launch = async (place: BrokerPlace): Promise<ClusterBroker> => {
    const folder = join(home, `broker-${place.nodeId}`);
    await mkdir(join(folder, 'data'), { recursive: true });
    const properties = join(folder, 'server.properties');
    await writeFile(properties, brokerProperties(place, places, join(folder, 'data'), settings));
    await writeFile(join(folder, 'data/meta.properties'), metaProperties(place.nodeId, clusterId));
    return startBroker(place, {
      home,
      folder,
      command: java.command,
      args: [...flags, 'kafka.Kafka', properties],
      env,
    });
  };
  const brokers = await Promise.all([launch(places[0]), launch(places[1]), launch(places[2])]);
  return {
    bootstrapServers: brokers.map(({ address }) => address),
    brokers,
    async [Symbol.asyncDispose]() {
      await Promise.all(brokers.map((broker) => broker.kill()));
      await rm(home, { recursive: true, force: true });
    },
  };
}

type Places = readonly [BrokerPlace, BrokerPlace, BrokerPlace];

async function choosePlaces(): Promise<Places> {
  const ports: number[] = [];
  for (let index = 0; index < 4; index++) ports.push(await chooseFreePort(undefined, ports));
  const [first = 0, second = 0, third = 0, controllerPort = 0] = ports;
  return [
    { nodeId: 1, port: first, controllerPort },
    { nodeId: 2, port: second, controllerPort },
    { nodeId: 3, port: third, controllerPort },
  ];
}

interface BrokerCommand {
  readonly home: string;
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function startBroker({ nodeId, port }: BrokerPlace, command: BrokerCommand): Promise<ClusterBroker> {
  const { home, folder, command: java, args, env } = command;
  let running: SupervisedProcess | undefined;
  const start = async (): Promise<void> => {
    let isServing = false;
    const broker = await superviseProcess(home, {
      name: `kafka-${nodeId}`,
      command: java,
      args,
      env,
      cwd: folder,
      stopSignal: 'SIGTERM',
      stopDeadlineMs: 20_000,
      onOutput: (text) => (isServing ||= text.includes('Kafka Server started')),
    });
    running = broker;
    const isUp = await becomesTrue(() => isServing || broker.hasExited(), START_MS_MAX);
    if (!isUp || broker.hasExited()) throw new Error(`broker ${nodeId} did not start:\n${broker.logTail()}`);
  };
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => (): void => {
    if (running !== undefined && !running.hasExited()) process.kill(running.pid, name);
  };
  await start();
  return {
    nodeId,
    address: `127.0.0.1:${port}`,
    start,
    freeze: signal('SIGSTOP'),
    thaw: signal('SIGCONT'),
    async stop() {
      await running?.stop();
    },
    async kill() {
      if (running !== undefined && !running.hasExited()) await running.kill();
    },
  };
}
