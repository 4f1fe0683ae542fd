import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { createEmbeddedPart } from '../embedded-part.ts';
import type { StackPart } from '../embedded-part.ts';
import type { OnStackEvent } from '../events.ts';
import { chooseClassArchive } from '../java-command.ts';
import type { ClassArchive } from '../java-command.ts';
import type { Java } from '../java-home.ts';
import { waitUntilServing } from '../part-start.ts';
import type { PartContext } from '../part-start.ts';
import type { KafkaSetup } from '../stack-options.ts';
import { superviseProcess } from '../supervised-process.ts';

const startDeadlineMs = 90_000;

export interface KafkaContext extends PartContext {
  readonly controllerPort: number;
  readonly cacheDir: string;
  readonly java: Java;
  /** The folder that holds the broker's jars. */
  readonly jars: string;
  readonly setup?: KafkaSetup;
}

/** Apache Kafka, one KRaft node that is broker and controller. Data in `<home>/kafka`. */
export async function prepareKafka(context: KafkaContext, onProgress: OnStackEvent): Promise<StackPart> {
  const folder = join(context.home, 'kafka');
  await mkdir(folder, { recursive: true });
  const properties = join(folder, 'server.properties');
  const logging = join(folder, 'log4j2.xml');
  await writeFile(properties, serverProperties(context, join(folder, 'data')));
  await writeFile(logging, loggingConfiguration);
  const classPath = await classPathOf(context.jars);
  let archive: ClassArchive | undefined;
  return createEmbeddedPart({
    name: 'kafka',
    url: `127.0.0.1:${context.port}`,
    onProgress,
    async launch() {
      const chosen = await chooseClassArchive(context.cacheDir, 'kafka', context.java, classPath);
      archive = chosen;
      const flags = ['-cp', classPath, `-Dlog4j2.configurationFile=${logging}`];
      await format(context, [...flags, ...sharedOnly(chosen)], properties, folder);
      let hasStarted = false;
      const process = await superviseProcess(context.home, {
        name: 'kafka',
        command: context.java.command,
        args: [...memoryFlags, ...chosen.flags, ...flags, 'kafka.Kafka', properties],
        env: context.env,
        cwd: folder,
        stopSignal: 'SIGTERM',
        stopDeadlineMs: 30_000,
        followsParentDeath: context.followsParentDeath,
        onOutput: (text) => (hasStarted ||= text.includes('Kafka Server started')),
      });
      await waitUntilServing('kafka', process, () => hasStarted, startDeadlineMs);
      return process;
    },
    afterStop: async () => archive?.keep(),
  });
}

const memoryFlags = ['-XX:+UseSerialGC', '-Xms64m', '-Xmx384m', '-XX:+ExitOnOutOfMemoryError'];

/** The flags of an archive that exists; a short program must not write one that lacks the broker's classes. */
const sharedOnly = (archive: ClassArchive): readonly string[] =>
  archive.flags.filter((flag) => !flag.startsWith('-XX:ArchiveClassesAtExit'));

async function classPathOf(jars: string): Promise<string> {
  const files = (await readdir(jars)).filter((file) => file.endsWith('.jar')).sort();
  return files.map((file) => join(jars, file)).join(delimiter);
}

async function format(
  context: KafkaContext,
  flags: readonly string[],
  properties: string,
  folder: string,
): Promise<void> {
  const data = join(folder, 'data');
  if (existsSync(join(data, 'bootstrap.checkpoint'))) return;
  await rm(data, { recursive: true, force: true });
  await promisify(execFile)(
    context.java.command,
    [
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      ...flags,
      'kafka.tools.StorageTool',
      'format',
      '-c',
      properties,
      // As one word: an id may begin with a hyphen, which would be read as another option.
      `--cluster-id=${randomBytes(16).toString('base64url')}`,
      ...(context.setup?.scramUsers ?? []).flatMap((user) => ['--add-scram', user]),
    ],
    { env: { ...context.env }, cwd: folder },
  );
}

function serverProperties(context: KafkaContext, data: string): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${context.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${context.port},CONTROLLER://127.0.0.1:${context.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${context.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'num.partitions': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // After kill -9 the old registration must expire before the new one is accepted.
    'broker.session.timeout.ms': '1500',
    'broker.heartbeat.interval.ms': '300',
    'log.retention.check.interval.ms': '10000',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'log.cleaner.dedupe.buffer.size': '4194304',
    'log.cleaner.backoff.ms': '2000',
    ...context.setup?.properties(context),
  })
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}

const loggingConfiguration = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN" shutdownHook="disable">
  <Appenders>
    <Console name="out" target="SYSTEM_OUT"><PatternLayout pattern="%d{yyyy-MM-dd'T'HH:mm:ss.SSSX}{UTC} %p %c{1} %m%n"/></Console>
  </Appenders>
  <Loggers>
    <Logger name="kafka.server.KafkaRaftServer" level="INFO"/>
    <Logger name="org.apache.kafka.common.utils.AppInfoParser" level="ERROR"/>
    <Root level="WARN"><AppenderRef ref="out"/></Root>
  </Loggers>
</Configuration>
`;
