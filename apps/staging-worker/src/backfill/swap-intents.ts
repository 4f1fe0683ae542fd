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
  const bytes = encodeSwapIntent(draft);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if ((await io.store.putIfAbsent(swapIntentPath(draft), bytes)).kind === 'created') return draft;
    const stored = await readSwapIntent({ io }, draft);
    if (stored !== undefined) return stored;
  }
  throw unexpectedError({
    code: 'HW_STAGING_INTENT_LOST',
    message: `The intent ${swapIntentPath(draft)} of ${io.store.url} can neither be written nor read.`,
    fix: 'Check that the lake answers reads and conditional writes for this folder.',
    canRetry: true,
  });
}

/** Takes statistics out of an intent that is finished or came to nothing: nobody reads them again. */
export const settleSwapIntent = ({ io }: LaneTable, intent: SwapIntent): Promise<void> =>
  io.store.put(swapIntentPath(intent), encodeSwapIntent(withoutStatistics(intent)));

const ATTEMPTS_MAX = 3;

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
  if (bytes === undefined) return undefined;
  const parsed = parseSwapIntent(bytes);
  if (parsed.ok) return parsed.value;
  throw unexpectedError({
    code: 'HW_SWAP_INTENT_UNREADABLE',
    message: `The intent ${path} of ${io.store.url} is not one: ${parsed.error}`,
    fix: 'Restore the object; a swap that was begun is never guessed.',
  });
}
