import { putOnce, type ObjectStore } from '@headwater/core-delta';
import {
  encodeSwapIntent,
  parseSwapIntent,
  swapIntentFolder,
  swapIntentPath,
  withoutStatistics,
  type SwapIntent,
} from '@headwater/core-staging';
import { unexpectedError } from '@headwater/kernel';
import type { LaneTable } from '../lane/lane-table.ts';

/** Writes the intent; the one that is there already is adopted. Answers the one in force [S15]. */
export async function putSwapIntent({ io }: LaneTable, draft: SwapIntent): Promise<SwapIntent> {
  const path = swapIntentPath(draft);
  const put = await putOnce(io.store, path, encodeSwapIntent(draft), {
    code: 'HW_STAGING_INTENT_LOST',
    what: 'The intent',
  });
  return put.kind === 'written' ? draft : toSwapIntent(io.store, path, put.bytes);
}

/** Takes statistics out of an intent that is finished or came to nothing: nobody reads them again. */
export const settleSwapIntent = ({ io }: LaneTable, intent: SwapIntent): Promise<void> =>
  io.store.put(swapIntentPath(intent), encodeSwapIntent(withoutStatistics(intent)));

export const readSwapIntent = (
  table: Pick<LaneTable, 'io'>,
  plan: Pick<SwapIntent, 'backfillId' | 'planId'>,
): Promise<SwapIntent | undefined> => readAt(table, swapIntentPath(plan));

/** Every intent of the backfill, those that came to nothing too. */
export async function listSwapIntents(
  table: Pick<LaneTable, 'io'>,
  backfillId: string,
): Promise<readonly SwapIntent[]> {
  const intents: SwapIntent[] = [];
  for await (const { path } of table.io.store.list(swapIntentFolder(backfillId))) {
    const intent = await readAt(table, path);
    if (intent !== undefined) intents.push(intent);
  }
  return intents;
}

async function readAt({ io }: Pick<LaneTable, 'io'>, path: string): Promise<SwapIntent | undefined> {
  const bytes = await io.store.get(path);
  return bytes === undefined ? undefined : toSwapIntent(io.store, path, bytes);
}

function toSwapIntent(store: ObjectStore, path: string, bytes: Uint8Array): SwapIntent {
  const parsed = parseSwapIntent(bytes);
  if (parsed.ok) return parsed.value;
  throw unexpectedError({
    code: 'HW_SWAP_INTENT_UNREADABLE',
    message: `The intent ${path} of ${store.url} is not one: ${parsed.error}`,
    fix: 'Restore the object; a swap that was begun is never guessed.',
  });
}
