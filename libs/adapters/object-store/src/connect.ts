import { userError } from '@headwater/kernel';
import type { ObjectStore } from '@headwater/core-delta';
import { fileURLToPath } from 'node:url';
import { connectLocalStore } from './local-store.ts';

/**
 * Connects to the table folder at `url` (`file:///...` or a local path) and probes that its store can commit.
 * Throws a user error for a URL that cannot be used and an operational one for a store that fails the probe [S9].
 */
export async function connectObjectStore(
  url: string,
  mode: 'read' | 'write' = 'write',
): Promise<ObjectStore> {
  return connectLocalStore(localFolder(url), mode);
}

function localFolder(url: string): string {
  if (/^file:/i.test(url)) {
    try {
      return fileURLToPath(url).replace(/\/+$/, '') || '/';
    } catch {
      throw urlRefused(url, 'it is not a local file URL');
    }
  }
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\//.exec(url);
  if (scheme !== null) throw urlRefused(url, `the scheme "${scheme[1] ?? ''}" is not supported`);
  return url.replace(/\/+$/, '') || '/';
}

const urlRefused = (url: string, why: string) =>
  userError({
    code: 'HW_STORE_URL_REFUSED',
    message: `The table location ${url} cannot be used: ${why}.`,
    fix: 'Use file:///absolute/path or a local path.',
  });
