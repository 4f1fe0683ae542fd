import { userError } from '@headwater/kernel';
import type { ObjectStore } from '@headwater/core-delta';
import type { S3Settings } from '@headwater/platform-config';
import { fileURLToPath } from 'node:url';
import { connectLocalStore } from './local-store.ts';
import { createS3Connection, type S3Connection } from './s3-connection.ts';
import { connectS3Store } from './s3-store.ts';

/**
 * Connects to the table folder at `url` (`file:///...`, a local path or `s3://bucket/prefix`) and, for writing, probes
 * that its store can commit. Throws a user error for a URL that cannot be used and an operational one for a store that
 * fails the probe [S9].
 */
export async function connectObjectStore(
  url: string,
  mode: 'read' | 'write' = 'write',
  s3: S3Connection | undefined = processConnection,
): Promise<ObjectStore> {
  if (!/^s3a?:/i.test(url)) return connectLocalStore(localFolder(url), mode);
  if (s3 === undefined) throw urlRefused(url, 'this process was not told how to reach an S3 store');
  return connectS3Store(s3, url, mode);
}

let processConnection: S3Connection | undefined;

/** Says once, at the start of a process, how every later connection reaches `s3://`. */
export function useS3(settings: S3Settings): void {
  processConnection = createS3Connection(settings);
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
    fix: 'Use s3://bucket/prefix, file:///absolute/path or a local path.',
  });
