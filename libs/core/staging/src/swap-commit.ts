import {
  isLogObject,
  toRemoves,
  type Action,
  type AddFile,
  type LogObject,
  type TableMetaData,
} from '@headwater/core-delta';
import type { CommitPlan } from './commit-plan.ts';
import type { LedgerTransfer } from './operating.ts';
import type { LedgerClass } from './ledger.ts';
import { replayAppId } from './replay.ts';
import { filesGone } from './swap-files.ts';
import { toTextTransfer, type SwapExchange, type SwapIntent } from './swap-intent.ts';

/** Present in a table once the swap is in it: a commit that is repeated finds it and does nothing [S15]. */
export const swapAppId = ({
  pipelineId,
  backfillId,
  planId,
}: Pick<SwapIntent, 'pipelineId' | 'backfillId' | 'planId'>): string =>
  `headwater:${pipelineId}:swap:${backfillId}:${planId}`;

/** Swaps that are in the primary and not in quarantine yet: whoever finds one finishes it first [S15]. */
export function openSwaps(
  pipelineId: string,
  primary: ReadonlyMap<string, unknown>,
  quarantine: Pick<ReadonlyMap<string, unknown>, 'has'>,
): readonly Pick<SwapIntent, 'pipelineId' | 'backfillId' | 'planId'>[] {
  const prefix = `headwater:${pipelineId}:swap:`;
  return [...primary.keys()].flatMap((appId) => {
    if (!appId.startsWith(prefix) || quarantine.has(appId)) return [];
    const [backfillId = '', planId = ''] = appId.slice(prefix.length).split(':');
    return [{ pipelineId, backfillId, planId }];
  });
}

/** done: the swap is in the table. moved: the table is not the one it was planned on, and never will be again. */
export type SwapReadiness =
  { readonly kind: 'done' | 'ready' } | { readonly kind: 'moved'; readonly because: string };

/** Whether the first commit of a swap, that of the primary, may be sent on this table. */
export function judgeSwapReady(
  intent: SwapIntent,
  primary: {
    readonly txns: ReadonlyMap<string, bigint>;
    readonly files: { get(key: string): AddFile | undefined };
  },
): SwapReadiness {
  if (primary.txns.has(swapAppId(intent))) return { kind: 'done' };
  if ((primary.txns.get(replayAppId(intent.pipelineId)) ?? 0n) !== intent.rewrites)
    return { kind: 'moved', because: 'a replay or another swap has changed rows of the table' };
  const gone = filesGone(intent.primary.removes, primary.files);
  return gone.length === 0
    ? { kind: 'ready' }
    : { kind: 'moved', because: `${gone.length} of its files were removed or rewritten` };
}

export interface SwapCommitFacts {
  readonly exchange: SwapExchange;
  /** How often a verb had rewritten rows of the table before. */
  readonly rewrites: bigint;
  readonly fence: bigint;
  readonly nowMs: number;
  readonly metaData?: TableMetaData | undefined;
}

/**
 * One of the two commits of a swap. Both move the `txn` that every verb that rewrites rows relies on, so that of a swap
 * and a replay, or of two swaps, the second meets the first. The primary's carries the transfers of the ledger [S10].
 */
export function planSwapCommit(
  side: 'primary' | 'quarantine',
  intent: SwapIntent,
  { exchange, rewrites, fence, nowMs, metaData }: SwapCommitFacts,
): CommitPlan {
  const { pipelineId, planId, backfillId, topicId, kind } = intent;
  const [done, rewritten] = [swapAppId(intent), replayAppId(pipelineId)];
  return {
    actions: [
      ...(metaData === undefined ? [] : [{ metaData }]),
      { txn: { appId: done, version: 1n, lastUpdated: nowMs } },
      { txn: { appId: rewritten, version: rewrites + 1n, lastUpdated: nowMs } },
      ...toRemoves(exchange.removes, nowMs),
      ...exchange.adds.map((add) => ({ add: { ...add, dataChange: true } })),
    ],
    commitInfo: {
      operation: kind === 'swap' ? 'WRITE' : 'RESTORE',
      operationParameters: { ...(kind === 'swap' ? { mode: 'Overwrite' } : {}), step: kind },
      isBlindAppend: false,
      extra: {
        headwater: {
          swap: planId,
          backfill: backfillId,
          pipelineId,
          topicId,
          fence: fence.toString(),
          ...(side === 'primary' ? { transfers: intent.transfers.map(toTextTransfer) } : {}),
        },
      },
    },
    readAppIds: new Set([done, rewritten]),
  };
}

/** The transfers that a commit of the plan made, or none when the commit is not the plan's. */
export function readSwapTransfers(
  actions: readonly Action[],
  { planId, kind }: Pick<SwapIntent, 'planId' | 'kind'>,
  commit: { readonly tableVersion: bigint; readonly committedAtMs: number },
): readonly LedgerTransfer[] {
  const headwater = actions.find((action) => 'commitInfo' in action)?.commitInfo['headwater'];
  if (!isLogObject(headwater) || headwater['swap'] !== planId) return [];
  const transfers = headwater['transfers'];
  if (!Array.isArray(transfers)) return [];
  return (transfers as readonly LogObject[]).filter(isLogObject).map((transfer) => {
    const group = isLogObject(transfer['group']) ? transfer['group'] : {};
    return {
      ...commit,
      transferId: `${planId}:${commit.tableVersion}`,
      planId,
      kind,
      pipelineId: String(headwater['pipelineId']),
      topicId: String(headwater['topicId']),
      partition: Number(transfer['partition']),
      fromClass: String(transfer['fromClass']) as LedgerClass,
      toClass: String(transfer['toClass']) as LedgerClass,
      offsets: BigInt(String(transfer['offsets'])),
      exampleOffset: BigInt(String(transfer['exampleOffset'])),
      group: {
        stage: String(group['stage']),
        reason: String(group['reason']),
        path: String(group['path']),
      },
    };
  });
}
