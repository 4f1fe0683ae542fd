import { formatLogEntry, parseLogEntry, type AddFile } from '@headwater/core-delta';
import { canonicalJson, err, ok, type Result } from '@headwater/kernel';
import { z } from 'zod';
import { ledgerClasses } from './ledger-balance.ts';
import { parseRange, toTextRange, type OffsetRange } from './offset-range.ts';
import type { LedgerTransfer } from './operating.ts';

export type SwapKind = 'swap' | 'undo-swap';

/** Files that leave a table and files that come into it, in one commit. */
export interface SwapExchange {
  readonly removes: readonly AddFile[];
  readonly adds: readonly AddFile[];
}

export interface SwapCounts {
  readonly partition: number;
  readonly landed: bigint;
  readonly quarantined: bigint;
}

export type SwapTransfer = Pick<
  LedgerTransfer,
  'partition' | 'fromClass' | 'toClass' | 'offsets' | 'group' | 'exampleOffset'
>;

/**
 * Fixes a swap before its first commit [S15]; lies in the primary's folder. One that exists is adopted, never replaced.
 * It holds statistics of files that come in, and those only until the swap is finished: they are a copy of what rows hold.
 */
export interface SwapIntent {
  readonly planId: string;
  readonly kind: SwapKind;
  readonly backfillId: string;
  readonly pipelineId: string;
  readonly topicId: string;
  readonly ranges: readonly OffsetRange[];
  /** Versions of the tables the intent was made on. */
  readonly baseVersion: bigint;
  readonly quarantineVersion: bigint;
  /** How often a verb had rewritten rows of the primary by then. */
  readonly rewrites: bigint;
  readonly atMs: number;
  readonly primary: SwapExchange;
  readonly quarantine: SwapExchange;
  /** Records of the ranges before and after, by partition. */
  readonly before: readonly SwapCounts[];
  readonly after: readonly SwapCounts[];
  readonly transfers: readonly SwapTransfer[];
}

export const swapIntentFolder = (backfillId: string): string => `_headwater/swaps/${backfillId}/`;
export const swapIntentPath = ({ backfillId, planId }: Pick<SwapIntent, 'backfillId' | 'planId'>): string =>
  `${swapIntentFolder(backfillId)}${planId}.json`;

const digits = z.string().regex(/^\d{1,19}$/);
const exchange = z.object({ removes: z.string(), adds: z.string() });
const counts = z.array(z.object({ partition: z.int().min(0), landed: digits, quarantined: digits }));
const intent = z.object({
  planId: z.string(),
  kind: z.enum(['swap', 'undo-swap']),
  backfillId: z.string(),
  pipelineId: z.string(),
  topicId: z.string(),
  ranges: z.array(z.object({ partition: z.int().min(0), from: digits, to: digits })).min(1),
  baseVersion: digits,
  quarantineVersion: digits,
  rewrites: digits,
  atMs: z.number(),
  primary: exchange,
  quarantine: exchange,
  before: counts,
  after: counts,
  transfers: z.array(
    z.object({
      partition: z.int().min(0),
      fromClass: z.enum(ledgerClasses),
      toClass: z.enum(ledgerClasses),
      offsets: digits,
      group: z.object({ stage: z.string(), reason: z.string(), path: z.string() }),
      exampleOffset: digits,
    }),
  ),
});

export const encodeSwapIntent = (value: SwapIntent): Uint8Array =>
  new TextEncoder().encode(
    `${canonicalJson({
      ...value,
      ranges: value.ranges.map(toTextRange),
      baseVersion: value.baseVersion.toString(),
      quarantineVersion: value.quarantineVersion.toString(),
      rewrites: value.rewrites.toString(),
      primary: toText(value.primary),
      quarantine: toText(value.quarantine),
      before: value.before.map(toTextCounts),
      after: value.after.map(toTextCounts),
      transfers: value.transfers.map(toTextTransfer),
    })}\n`,
  );

/** What is kept of an intent that is finished or came to nothing. */
export const withoutStatistics = (value: SwapIntent): SwapIntent => ({
  ...value,
  primary: bare(value.primary),
  quarantine: bare(value.quarantine),
});

const bare = ({ removes, adds }: SwapExchange): SwapExchange => ({
  removes,
  adds: adds.map(withoutStats),
});

const withoutStats = ({ path, partitionValues, size, modificationTime, dataChange }: AddFile): AddFile => ({
  path,
  partitionValues,
  size,
  modificationTime,
  dataChange,
});

/** The intent in the bytes, or what is wrong with them. */
export function parseSwapIntent(bytes: Uint8Array): Result<SwapIntent, string> {
  try {
    const parsed = intent.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    if (!parsed.success) return err(z.prettifyError(parsed.error));
    const { data } = parsed;
    return ok({
      ...data,
      ranges: data.ranges.map(parseRange),
      baseVersion: BigInt(data.baseVersion),
      quarantineVersion: BigInt(data.quarantineVersion),
      rewrites: BigInt(data.rewrites),
      primary: toExchange(data.primary),
      quarantine: toExchange(data.quarantine),
      before: data.before.map(toCounts),
      after: data.after.map(toCounts),
      transfers: data.transfers.map((transfer) => ({
        ...transfer,
        offsets: BigInt(transfer.offsets),
        exampleOffset: BigInt(transfer.exampleOffset),
      })),
    });
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
}

/** A transfer as the intent and the commit hold it. */
export const toTextTransfer = ({ offsets, exampleOffset, ...rest }: SwapTransfer) => ({
  ...rest,
  offsets: offsets.toString(),
  exampleOffset: (exampleOffset ?? 0n).toString(),
});

const toText = ({ removes, adds }: SwapExchange) => ({
  removes: lines(removes.map(withoutStats)),
  adds: lines(adds),
});

const toTextCounts = ({ partition, landed, quarantined }: SwapCounts) => ({
  partition,
  landed: landed.toString(),
  quarantined: quarantined.toString(),
});

const toCounts = ({ partition, landed, quarantined }: z.infer<typeof counts>[number]): SwapCounts => ({
  partition,
  landed: BigInt(landed),
  quarantined: BigInt(quarantined),
});

/** As lines of the log, which keep every digit. */
const lines = (files: readonly AddFile[]): string =>
  new TextDecoder().decode(formatLogEntry(files.map((add) => ({ add }))));

const toExchange = ({ removes, adds }: z.infer<typeof exchange>): SwapExchange => ({
  removes: files(removes),
  adds: files(adds),
});

const files = (text: string): readonly AddFile[] =>
  parseLogEntry(new TextEncoder().encode(text), 'the intent of a swap').flatMap((action) =>
    'add' in action ? [action.add] : [],
  );
