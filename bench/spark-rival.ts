import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface RivalResult {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly rssPeakMb: number;
}

/** Where Spark is installed, once, and which Java it runs with. */
export interface SparkPlace {
  readonly benchDir: string;
  readonly cache: string;
  readonly javaHome: string;
}

/** Drains a topic of ad events with Spark Structured Streaming by the rival's own script. */
export function drainWithSpark(
  place: SparkPlace & { readonly bootstrap: string; readonly topic: string; readonly out: string },
): RivalResult {
  return runSpark(place, path.join(place.benchDir, 'spark_baseline.py'), [
    ...['--jars', path.join(place.cache, 'jars'), '--bootstrap', place.bootstrap, '--topic', place.topic],
    ...['--mode', 'drain', '--out', place.out],
    ...['--conf', 'spark.driver.extraJavaOptions=-XX:+UseParallelGC'],
  ]);
}

/** Runs a script that prints `RESULT {"peak_rss_mb": ...}`; wall and CPU are those of its whole process tree. */
export function runSpark(place: SparkPlace, script: string, args: readonly string[]): RivalResult {
  const python = installRivals(place);
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-spark-'));
  try {
    const measured = path.join(folder, 'measure.json');
    const run = spawnSync(
      python,
      [path.join(place.benchDir, 'measure.py'), measured, python, script, ...args],
      {
        env: environmentOf(place),
        encoding: 'utf8',
        maxBuffer: 64 << 20,
      },
    );
    const line = run.stdout.split('\n').find((each) => each.startsWith('RESULT '));
    if (line === undefined) throw new Error(`Spark gave no result: ${run.stderr.slice(-2_000)}`);
    const result = JSON.parse(line.slice(7)) as { peak_rss_mb: number };
    const cost = JSON.parse(readFileSync(measured, 'utf8')) as { wall: number; cpu: number };
    return { wallSeconds: cost.wall, cpuSeconds: cost.cpu, rssPeakMb: result.peak_rss_mb };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs Spark and delta-rs into the cache where they are not there yet; answers the Python that has them. */
export function installRivals(place: SparkPlace): string {
  const { benchDir, cache } = place;
  execFileSync('bash', [path.join(benchDir, 'fetch-rivals.sh'), cache], {
    env: environmentOf(place),
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return path.join(cache, 'venv', 'bin', 'python');
}

const environmentOf = ({ javaHome }: SparkPlace): NodeJS.ProcessEnv => ({
  ...process.env,
  JAVA_HOME: javaHome,
  PATH: `${path.join(javaHome, 'bin')}:${process.env['PATH'] ?? ''}`,
});
