import type { ByteRange, ConditionalPut, ObjectInfo, ObjectStore } from '@headwater/core-delta';
import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errnoOf, storeError } from './store-error.ts';
import { listFolder } from './local-list.ts';
import { openScratch } from './scratch.ts';

/**
 * A table folder on a local disk. Objects appear whole or not at all: bytes go to a file in the scratch folder, are
 * forced to disk, and get their name by one `link` or `rename`; then the folder itself is forced to disk.
 */
export async function connectLocalStore(folder: string, mode: 'read' | 'write'): Promise<ObjectStore> {
  const root = resolve(folder);
  const url = pathToFileURL(root).href;
  const scratch = openScratch(join(root, '_headwater', 'scratch'));
  if (mode === 'write') {
    await guard(url, 'probe', async () => {
      await mkdir(root, { recursive: true });
      await probeHardLinks(await scratch.folder());
    });
  }
  return {
    url,
    list: (prefix, startAfter) => listFolder(root, prefix, startAfter),
    get: (path) => guard(url, path, () => orUndefined(() => readFile(toLocal(root, path)))),
    getRange: (path, range) =>
      guard(url, path, () => orUndefined(() => readRange(toLocal(root, path), range))),
    head: (path) => guard(url, path, () => orUndefined(() => inspect(root, path))),
    put: (path, bytes) =>
      guard(url, path, async () => {
        const target = await makeParent(root, path);
        await rename(await writeDurably(await scratch.folder(), bytes), target);
        await syncFolder(dirname(target));
      }),
    putIfAbsent: (path, bytes) =>
      guard(url, path, async () => putIfAbsent(await scratch.folder(), await makeParent(root, path), bytes)),
    putFile: (path, localFile) =>
      guard(url, path, async () => {
        await moveDurably(localFile, await makeParent(root, path), await scratch.folder());
        return inspect(root, path);
      }),
    delete: (paths) =>
      guard(url, paths[0] ?? '', async () => {
        for (const path of paths) await rm(toLocal(root, path), { force: true });
        const folders = new Set(paths.map((path) => dirname(toLocal(root, path))));
        for (const each of folders) await orUndefined(() => syncFolder(each));
      }),
    readable: (path) =>
      Promise.resolve().then(() => ({ name: toLocal(root, path), release: () => Promise.resolve() })),
    scratchFolder: () => guard(url, 'scratch', scratch.folder),
  };
}

function toLocal(root: string, path: string): string {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw storeError('HW_STORE_PATH_REFUSED', `Path ${path} leaves the table folder ${root}.`);
  }
  return join(root, path);
}

/** Folders made on the way are forced to disk too, or a crash could lose them with the file inside. */
async function makeParent(root: string, path: string): Promise<string> {
  const target = toLocal(root, path);
  const made = await mkdir(dirname(target), { recursive: true });
  if (made !== undefined) {
    for (let each = dirname(target); each.length >= dirname(made).length; each = dirname(each)) {
      await syncFolder(each);
      if (each === dirname(each)) break;
    }
  }
  return target;
}

async function readRange(path: string, { offset, length }: ByteRange): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function inspect(root: string, path: string): Promise<ObjectInfo> {
  const { size, mtimeMs } = await stat(toLocal(root, path));
  return { path, size, modifiedMs: Math.floor(mtimeMs) };
}

/** `link` fails when the name is taken and otherwise shows the finished bytes at once; nothing else does both. */
async function putIfAbsent(
  scratchFolder: string,
  target: string,
  bytes: Uint8Array,
): Promise<ConditionalPut> {
  const unfinished = await writeDurably(scratchFolder, bytes);
  try {
    await link(unfinished, target);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return { kind: 'exists' };
    throw error;
  } finally {
    await unlink(unfinished);
  }
  try {
    await syncFolder(dirname(target));
  } catch (error) {
    return {
      kind: 'ambiguous',
      cause: `its folder could not be forced to disk (${errnoOf(error) ?? 'unknown'})`,
    };
  }
  return { kind: 'created' };
}

async function writeDurably(folder: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${randomUUID()}.tmp`);
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return path;
}

async function moveDurably(localFile: string, target: string, scratchFolder: string): Promise<void> {
  await syncFile(localFile);
  try {
    await rename(localFile, target);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    const copy = join(scratchFolder, `${randomUUID()}.tmp`);
    await copyFile(localFile, copy);
    await syncFile(copy);
    await rename(copy, target);
    await rm(localFile, { force: true });
  }
  await syncFolder(dirname(target));
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

const syncFolder = syncFile;

/** Refuses file systems where `link` does not exist or does not refuse a taken name. */
async function probeHardLinks(scratchFolder: string): Promise<void> {
  const first = await writeDurably(scratchFolder, new Uint8Array([1]));
  const name = join(scratchFolder, `${randomUUID()}.probe`);
  try {
    await link(first, name);
    const second = await link(first, name).then(
      () => undefined,
      (error: unknown) => errnoOf(error),
    );
    if (second !== 'EEXIST') throw new Error('a second link to a taken name did not fail');
  } catch (error) {
    throw storeError(
      'HW_STORE_PROBE_FAILED',
      `The file system of ${scratchFolder} cannot commit atomically: hard links do not work there.`,
      'Keep the lake on a local file system with hard links (ext4, xfs, apfs).',
      error,
    );
  } finally {
    await rm(first, { force: true });
    await rm(name, { force: true });
  }
}

async function orUndefined<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Turns errors of the file system into one that names the place and the fix. */
async function guard<T>(url: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw errnoOf(error) === undefined ? error : fileSystemError(url, path, error);
  }
}

function fileSystemError(url: string, path: string, error: unknown) {
  const code = errnoOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return storeError(
      'HW_STORE_DISK_FULL',
      `The disk of ${url} is full; ${path} was not written.`,
      'Free space or move the lake; nothing half-written was kept.',
      error,
    );
  }
  return storeError(
    'HW_STORE_UNAVAILABLE',
    `${url}: ${path}: ${error instanceof Error ? error.message : String(error)}.`,
    'Check the path and its permissions.',
    error,
  );
}
