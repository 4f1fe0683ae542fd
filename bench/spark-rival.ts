import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface RivalResult {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly rssPeakMb: number;
}

/** Drains the topic with Spark Structured Streaming by the rival's own script. Installs Spark into `cache` once. */
export function drainWithSpark(options: {
  readonly benchDir: string;
  readonly cache: string;
  readonly javaHome: string;
  readonly bootstrap: string;
  readonly topic: string;
  readonly out: string;
}): RivalResult {
  const { benchDir, cache, javaHome, bootstrap, topic, out } = options;
  const env = {
    ...process.env,
    JAVA_HOME: javaHome,
    PATH: `${path.join(javaHome, 'bin')}:${process.env['PATH'] ?? ''}`,
  };
  execFileSync('bash', [path.join(benchDir, 'fetch-rivals.sh'), cache], {
    env,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const python = path.join(cache, 'venv', 'bin', 'python');
  const measured = path.join(path.dirname(out), 'spark.measure.json');
  const run = spawnSync(
    python,
    [
      path.join(benchDir, 'measure.py'),
      measured,
      python,
      path.join(benchDir, 'spark_baseline.py'),
      '--jars',
      path.join(cache, 'jars'),
      '--bootstrap',
      bootstrap,
      '--topic',
      topic,
      '--mode',
      'drain',
      '--out',
      out,
      '--conf',
      'spark.driver.extraJavaOptions=-XX:+UseParallelGC',
    ],
    { env, encoding: 'utf8', maxBuffer: 64 << 20 },
  );
  const line = run.stdout.split('\n').find((each) => each.startsWith('RESULT '));
  if (line === undefined) throw new Error(`Spark gave no result: ${run.stderr.slice(-2_000)}`);
  const result = JSON.parse(line.slice(7)) as { peak_rss_mb: number };
  const cost = JSON.parse(readFileSync(measured, 'utf8')) as { wall: number; cpu: number };
  return {
    wallSeconds: cost.wall,
    cpuSeconds: cost.cpu,
    rssPeakMb: result.peak_rss_mb,
  };
}
