import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BenchWorld } from './staging-table/table-row.ts';

/** Where the generator and the rivals lie, or undefined when this machine has none. */
export function findBenchDir(env: NodeJS.ProcessEnv, root: string): string | undefined {
  const dir = path.resolve(root, env['HEADWATER_BENCH_DIR'] ?? '../shared/bench');
  return existsSync(path.join(dir, 'gen', 'Gen.java')) ? dir : undefined;
}

export interface GeneratedTopic {
  readonly records: number;
  readonly malformed: number;
  readonly seconds: number;
}

/** What the generator needs: its source, the JDK, and the broker's own client jars. */
export interface Generator {
  readonly benchDir: string;
  readonly javaHome: string;
  readonly kafkaLibs: string;
  readonly workDir: string;
  readonly bootstrap: string;
}

export const generatorOf = ({ benchDir, javaHome, cacheDir, home, stack }: BenchWorld): Generator => ({
  benchDir,
  javaHome,
  kafkaLibs: findKafkaLibs(cacheDir),
  workDir: home,
  bootstrap: stack.kafkaBootstrapServers,
});

/** Fills an existing topic with the seeded ad events of the generator. */
export function generateAdEvents(
  options: Generator & { readonly topic: string; readonly records: number },
): GeneratedTopic {
  const { topic, records } = options;
  const { command, args } = generatorCommand(options, [topic, 'bulk', String(records)]);
  const output = execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
  const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as {
    n: number;
    bad: number;
    secs: number;
  };
  return { records: summary.n, malformed: summary.bad, seconds: summary.secs };
}

/** Sends ad events to an existing topic, so many a second for so long. */
export async function sendLiveAdEvents(
  generator: Generator,
  live: { readonly topic: string; readonly perSecond: number; readonly seconds: number },
): Promise<void> {
  const { command, args } = generatorCommand(generator, [
    live.topic,
    'live',
    String(live.perSecond),
    String(live.seconds),
  ]);
  await promisify(execFile)(command, args);
}

function generatorCommand(
  { benchDir, javaHome, kafkaLibs, workDir, bootstrap }: Generator,
  args: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  const classes = path.join(workDir, 'gen');
  const classPath = path.join(kafkaLibs, '*');
  const java = (tool: string): string => path.join(javaHome, 'bin', tool);
  if (!existsSync(classes)) {
    mkdirSync(classes, { recursive: true });
    execFileSync(java('javac'), ['-cp', classPath, '-d', classes, path.join(benchDir, 'gen', 'Gen.java')]);
  }
  return {
    command: java('java'),
    args: ['-Xmx512m', '-cp', `${classes}:${classPath}`, 'Gen', bootstrap, ...args],
  };
}

/** Folder of the broker's jars inside the cache of fetched parts. */
export function findKafkaLibs(cacheDir: string): string {
  const found = readdirSync(cacheDir, { recursive: true, encoding: 'utf8' }).find((file) =>
    /kafka-clients-[\d.]+\.jar$/.test(file),
  );
  if (found === undefined) throw new Error(`no Kafka jars below ${cacheDir}`);
  return path.join(cacheDir, path.dirname(found));
}
