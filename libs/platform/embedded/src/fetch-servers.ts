import { provideArtifact } from './artifact-cache.ts';
import type { ArtifactName } from './artifact-cache.ts';
import { isConfigured } from './configured-part.ts';
import type { OnStackEvent } from './events.ts';
import { findUsableJava } from './fetched-java.ts';
import { findRedisServer } from './parts/redis.ts';

export interface FetchOptions {
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: OnStackEvent;
}

/** Fetches every server that `startStack` would need with this environment, so that a later start needs no network. */
export async function fetchServers({ cacheDir, env, onProgress }: FetchOptions): Promise<void> {
  const needed: ArtifactName[] = [];
  if (!isConfigured('kafka', env)) needed.push('kafka');
  if (!isConfigured('registry', env)) needed.push('registry');
  if (!isConfigured('redis', env) && (await findRedisServer(env)) === undefined) {
    needed.push('redis');
  }
  if (needed.length === 0) return;
  const { home: javaHome } = await findUsableJava({ env, cacheDir });
  for (const name of needed) await provideArtifact(name, { cacheDir, env, javaHome, onProgress });
}
