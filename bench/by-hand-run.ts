import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { RivalResult } from './spark-rival.ts';

/** Drains the topic with the pipeline written by hand, in a process of its own. */
export function drainByHand(options: {
  readonly bootstrap: string;
  readonly topic: string;
  readonly out: string;
}): RivalResult {
  const { bootstrap, topic, out } = options;
  const script = path.join(import.meta.dirname, 'by-hand-rival.ts');
  const run = spawnSync(process.execPath, [script, bootstrap, topic, out], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const line = run.stdout.split('\n').find((each) => each.startsWith('RESULT '));
  if (line === undefined) throw new Error(`the pipeline by hand gave no result: ${run.stderr.slice(-2_000)}`);
  return JSON.parse(line.slice(7)) as RivalResult;
}
