import { unexpectedError } from '@headwater/kernel';
import type { ObjectStore } from './object-store.ts';

/** written: the object holds these bytes. found: somebody was there first, perhaps this writer before its answer was lost. */
export type PutOnce = { readonly kind: 'written' } | { readonly kind: 'found'; readonly bytes: Uint8Array };

/** Answers that may be lost in a row before the writer gives up. */
const ATTEMPTS_MAX = 3;

/**
 * Puts an object that is written once, or finds what is there: the one that exists is adopted, never replaced. A lost
 * answer is resolved by reading back, and written again when nothing arrived. `lost` names the error of a store that
 * keeps nothing: its code, and what could not be kept.
 */
export async function putOnce(
  store: Pick<ObjectStore, 'url' | 'get' | 'putIfAbsent'>,
  path: string,
  bytes: Uint8Array,
  lost: { readonly code: string; readonly what: string },
): Promise<PutOnce> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if ((await store.putIfAbsent(path, bytes)).kind === 'created') return { kind: 'written' };
    const found = await store.get(path);
    if (found !== undefined) return { kind: 'found', bytes: found };
  }
  throw unexpectedError({
    code: lost.code,
    message: `${lost.what} can neither be written to nor read from ${path} of ${store.url}.`,
    fix: 'Check that the lake answers reads and conditional writes for this folder.',
    canRetry: true,
  });
}
