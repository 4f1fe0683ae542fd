import { unexpectedError } from '@headwater/kernel';
import { putOnce, type ObjectStore } from '@headwater/core-delta';
import {
  encodeIntent,
  intentFolder,
  intentPath,
  parseIntent,
  parseIntentPath,
  type Intent,
} from './intent.ts';
import type { LaneId } from './pipeline.ts';

/** Written by this owner, or found: then the found one is landed and the own draft is dropped [S2]. */
export type PutIntentResult =
  | { readonly kind: 'written'; readonly intent: Intent }
  | { readonly kind: 'adopted'; readonly intent: Intent };

/** Writes the intent under its name when there is none; the one that exists is adopted, never replaced [S2]. */
export async function putIntent(store: ObjectStore, draft: Intent): Promise<PutIntentResult> {
  const path = intentPath(draft, draft.batchSeq, draft.revision);
  const put = await putOnce(store, path, encodeIntent(draft), {
    code: 'HW_STAGING_INTENT_LOST',
    what: 'The intent',
  });
  if (put.kind === 'written') return { kind: 'written', intent: draft };
  const found = toIntent(store, path, put.bytes);
  // Found may be this very one, after an answer that was lost.
  return { kind: found.batchId === draft.batchId ? 'written' : 'adopted', intent: found };
}

/** The intent in force for the batchSeq: the highest revision, or undefined when the batch was not begun. */
export async function openIntent(
  store: ObjectStore,
  lane: LaneId,
  batchSeq: number,
): Promise<Intent | undefined> {
  let newest: { path: string; revision: number } | undefined;
  for await (const { path } of store.list(`${intentFolder(lane)}${batchSeq}.`)) {
    const name = parseIntentPath(lane, path);
    if (name?.batchSeq === batchSeq && name.revision >= (newest?.revision ?? 0)) {
      newest = { path, revision: name.revision };
    }
  }
  return newest === undefined ? undefined : await readIntent(store, newest.path);
}

/** Removes intents older than the committed one; that one stays as evidence [I14]. Returns how many went. */
export async function pruneIntents(store: ObjectStore, lane: LaneId, committedSeq: number): Promise<number> {
  const old: string[] = [];
  for await (const { path } of store.list(intentFolder(lane))) {
    const name = parseIntentPath(lane, path);
    if (name !== undefined && name.batchSeq < committedSeq) old.push(path);
  }
  if (old.length > 0) await store.delete(old);
  return old.length;
}

async function readIntent(store: ObjectStore, path: string): Promise<Intent | undefined> {
  const bytes = await store.get(path);
  return bytes === undefined ? undefined : toIntent(store, path, bytes);
}

function toIntent(store: ObjectStore, path: string, bytes: Uint8Array): Intent {
  const parsed = parseIntent(bytes);
  if (parsed.ok) return parsed.value;
  throw unexpectedError({
    code: 'HW_STAGING_INTENT_UNREADABLE',
    message: `The intent ${path} of ${store.url} is not one: ${parsed.error}`,
    fix: 'Restore the object; a batch that was begun is never guessed.',
  });
}
