import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

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

/** Fills an existing topic with the seeded ad events of the generator, using the broker's own client jars. */
export function generateAdEvents(options: {
  readonly benchDir: string;
  readonly javaHome: string;
  readonly kafkaLibs: string;
  readonly workDir: string;
  readonly bootstrap: string;
  readonly topic: string;
  readonly records: number;
}): GeneratedTopic {
  const classes = path.join(options.workDir, 'gen');
  mkdirSync(classes, { recursive: true });
  const classPath = `${path.join(options.kafkaLibs, '*')}`;
  const java = (tool: string): string => path.join(options.javaHome, 'bin', tool);
  execFileSync(java('javac'), [
    '-cp',
    classPath,
    '-d',
    classes,
    path.join(options.benchDir, 'gen', 'Gen.java'),
  ]);
  const output = execFileSync(
    java('java'),
    [
      '-Xmx512m',
      '-cp',
      `${classes}:${classPath}`,
      'Gen',
      options.bootstrap,
      options.topic,
      'bulk',
      String(options.records),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' },
  );
  const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as {
    n: number;
    bad: number;
    secs: number;
  };
  return { records: summary.n, malformed: summary.bad, seconds: summary.secs };
}

/** Folder of the broker's jars inside the cache of fetched parts. */
export function findKafkaLibs(cacheDir: string): string {
  const found = readdirSync(cacheDir, { recursive: true, encoding: 'utf8' }).find((file) =>
    /kafka-clients-[\d.]+\.jar$/.test(file),
  );
  if (found === undefined) throw new Error(`no Kafka jars below ${cacheDir}`);
  return path.join(cacheDir, path.dirname(found));
}
