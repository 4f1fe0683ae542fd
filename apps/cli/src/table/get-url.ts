import { connectObjectStore } from '@headwater/adapter-object-store';
import { basename, dirname } from 'node:path';

/** Bytes of a file outside the table, by a URL that is not percent-encoded: deletion vectors may lie anywhere. */
export async function getUrl(url: string): Promise<Uint8Array | undefined> {
  const path = url.replace(/^file:\/\//, '');
  const store = await connectObjectStore(dirname(path), 'read');
  return store.get(basename(path));
}
