import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStack, type Stack } from '@headwater/platform-embedded';
import { findBenchDir } from '../ad-event-topic.ts';
import { cacheDir, rivalsDir } from '../cache-folders.ts';
import type { BenchWorld } from './table-row.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** A stack in a folder of its own for as long as `use` takes. */
export async function withStack<T>(use: (stack: Stack, home: string) => Promise<T>): Promise<T> {
  const home = mkdtempSync(path.join(tmpdir(), 'headwater-bench-'));
  try {
    const stack = await startStack({
      home,
      cacheDir,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], JAVA_HOME: process.env['JAVA_HOME'] },
      onProgress: () => undefined,
    });
    try {
      return await use(stack, home);
    } finally {
      await stack.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The same with the generator and the JDK of the broker. Throws when the generator is not on this machine. */
export async function withBenchWorld<T>(use: (world: BenchWorld) => Promise<T>): Promise<T> {
  const benchDir = findBenchDir(process.env, root);
  if (benchDir === undefined) {
    throw new Error(
      'The record generator is not on this machine (HEADWATER_BENCH_DIR, default ../shared/bench): nothing to drain.',
    );
  }
  return withStack((stack, home) => {
    const javaHome = path.dirname(path.dirname(readlinkSync(`/proc/${stack.kafka.pid()!}/exe`)));
    return use({ stack, home, benchDir, cacheDir, rivalsDir, javaHome, say });
  });
}
