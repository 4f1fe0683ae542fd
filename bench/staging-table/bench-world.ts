import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { startStack } from '@headwater/platform-embedded';
import { findBenchDir } from '../ad-event-topic.ts';
import type { BenchWorld } from './table-row.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** A stack in a folder of its own for as long as `use` takes. Throws when the generator is not on this machine. */
export async function withBenchWorld<T>(use: (world: BenchWorld) => Promise<T>): Promise<T> {
  const benchDir = findBenchDir(process.env, root);
  if (benchDir === undefined) {
    throw new Error(
      'The record generator is not on this machine (HEADWATER_BENCH_DIR, default ../shared/bench): nothing to drain.',
    );
  }
  const cacheDir = process.env['HEADWATER_CACHE_DIR'] ?? path.join(homedir(), '.cache', 'headwater');
  const home = mkdtempSync(path.join(tmpdir(), 'headwater-bench-'));
  try {
    const stack = await startStack({
      home,
      cacheDir,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], JAVA_HOME: process.env['JAVA_HOME'] },
      onProgress: () => undefined,
    });
    try {
      const javaHome = path.dirname(path.dirname(readlinkSync(`/proc/${stack.kafka.pid()!}/exe`)));
      return await use({ stack, home, benchDir, cacheDir, javaHome, say });
    } finally {
      await stack.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
