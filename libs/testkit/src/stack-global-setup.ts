import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { describeError } from '@headwater/kernel';
import { startStack } from '@headwater/platform-embedded';
import { createTestHome, removeAbandonedHomes, testCacheDir } from './test-home.ts';
import { describeProgress } from './test-stack.ts';
import type { TestStack } from './test-stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: TestStack;
  }
}

/**
 * Starts one stack for all integration tests of a run, in a temporary folder with the shared cache of fetched servers.
 * A server whose variable is set is used instead of an embedded one.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandonedHomes();
  const home = createTestHome();
  const remove = (): Promise<void> => rm(home, { recursive: true, force: true });
  try {
    const stack = await startStack({
      home,
      cacheDir: testCacheDir(),
      env: process.env,
      onProgress(event) {
        const line = describeProgress(event);
        if (line !== undefined) process.stderr.write(`[stack] ${line}\n`);
      },
    });
    const { databaseUrl, redisUrl, kafkaBootstrapServers, schemaRegistryUrl, lakeUrl } = stack;
    project.provide('stack', { databaseUrl, redisUrl, kafkaBootstrapServers, schemaRegistryUrl, lakeUrl });
    return async () => {
      await stack.stop();
      await remove();
    };
  } catch (error) {
    await remove();
    process.stderr.write(`[stack] ${describeError(error)}\n`);
    throw error;
  }
}
