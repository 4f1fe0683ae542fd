import type { ObjectInfo } from '@headwater/core-delta';
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, storeError } from './store-error.ts';

/** Files below `root` whose path starts with `prefix`, in code unit order of the path, strictly after `startAfter`. */
export async function* listFolder(
  root: string,
  prefix: string,
  startAfter?: string,
): AsyncIterable<ObjectInfo> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  yield* walk(root, folder, { prefix, after: startAfter ?? '' });
}

async function* walk(
  root: string,
  folder: string,
  range: { readonly prefix: string; readonly after: string },
): AsyncIterable<ObjectInfo> {
  for (const name of await sortedNames(root, folder)) {
    const path = folder + name;
    if (name.endsWith('/')) {
      const mayMatch = path.startsWith(range.prefix) || range.prefix.startsWith(path);
      if (mayMatch && (path > range.after || range.after.startsWith(path))) yield* walk(root, path, range);
    } else if (path.startsWith(range.prefix) && path > range.after) {
      const info = await inspectFile(root, path);
      if (info !== undefined) yield info;
    }
  }
}

/** Names in the order their paths have in the whole listing: a folder sorts by its name with the slash. */
async function sortedNames(root: string, folder: string): Promise<readonly string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw storeError('HW_STORE_UNAVAILABLE', `${join(root, folder)} cannot be listed.`, undefined, error);
  }
  return entries
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Undefined when the file was removed since it was listed. */
async function inspectFile(root: string, path: string): Promise<ObjectInfo | undefined> {
  try {
    const { size, mtimeMs } = await stat(join(root, path));
    return { path, size, modifiedMs: Math.floor(mtimeMs) };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw storeError('HW_STORE_UNAVAILABLE', `${join(root, path)} cannot be read.`, undefined, error);
  }
}
