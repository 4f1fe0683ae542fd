import { rm } from 'node:fs/promises';
import { startPart, startStack } from '@headwater/platform-embedded';
import type { PartName, Stack, StackEvent, StackOptions, StackPart } from '@headwater/platform-embedded';
import { createTestHome, testCacheDir } from './test-home.ts';

/** What tests get from `inject('stack')`. One stack serves the whole run: use unique names and clean up. */
export interface TestStack {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly kafkaBootstrapServers: string;
  readonly schemaRegistryUrl: string;
  readonly lakeUrl: string;
}

export interface PrivateStack extends Stack {
  readonly home: string;
  /** Stops the stack and leaves its folder for a second start. */
  stopKeepingData(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A stack of the test's own, to kill and restart. Dispose stops it and removes its folder. */
export async function startPrivateStack(change: Partial<StackOptions> = {}): Promise<PrivateStack> {
  const options = optionsWith(change);
  const stack = await startStack(options);
  const stop = async (): Promise<void> => {
    await stack.stop();
    await rm(options.home, { recursive: true, force: true });
  };
  return { ...stack, home: options.home, stop, stopKeepingData: stack.stop, [Symbol.asyncDispose]: stop };
}

export interface PrivatePart extends StackPart {
  readonly home: string;
  /** Stops it and leaves its folder for a second start. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One server of the test's own, to kill and restart. Dispose stops it and removes its folder. */
export async function startPrivatePart(
  name: PartName,
  change: Partial<StackOptions> = {},
): Promise<PrivatePart> {
  const options = optionsWith(change);
  const part = await startPart(name, options);
  return {
    ...part,
    home: options.home,
    async [Symbol.asyncDispose]() {
      await part.close();
      await rm(options.home, { recursive: true, force: true });
    },
  };
}

function optionsWith(change: Partial<StackOptions>): StackOptions {
  return {
    home: change.home ?? createTestHome(),
    cacheDir: testCacheDir(),
    env: environmentWithoutParts(),
    onProgress: () => undefined,
    ...change,
  };
}

/** The environment of this process without the variables that replace embedded servers. */
export function environmentWithoutParts(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !partVariables.has(name)));
}

const partVariables = new Set([
  'DATABASE_URL',
  'REDIS_URL',
  'KAFKA_BOOTSTRAP_SERVERS',
  'SCHEMA_REGISTRY_URL',
  'LAKE_URL',
]);

/** One line for a person who waits, or nothing for an event that is not worth one. */
export function describeProgress(event: StackEvent): string | undefined {
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  switch (event.kind) {
    case 'download.started':
      return `fetching ${event.artifact} (${megabytes(event.bytesTotal)})`;
    case 'download.finished':
      return `fetched ${event.artifact} (${megabytes(event.bytesTotal)}, checksums verified)`;
    case 'part.ready':
      return `${event.part} ${event.source} at ${event.address} after ${event.durationMs} ms`;
    case 'part.exited':
      return `${event.part} ended unexpectedly:\n${event.logTail}`;
    default:
      return undefined;
  }
}
