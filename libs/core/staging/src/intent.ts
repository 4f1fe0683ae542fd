import { z } from 'zod';
import { canonicalJson, err, ok, type Result } from '@headwater/kernel';
import type { LaneId } from './pipeline.ts';

/**
 * The object that fixes a batch before its outputs are written [S2]. Whoever finds it lands exactly this: the same
 * ranges, the same contract, the same ingestion time, so that a retry has the same outcome.
 */
export interface Intent {
  /** UUID of the batch. */
  readonly batchId: string;
  readonly pipelineId: string;
  readonly lane: number;
  readonly batchSeq: number;
  /** 0 for the first intent of a batchSeq; one more for each that supersedes it after an accepted loss. */
  readonly revision: number;
  /** Fence of the owner that wrote it. */
  readonly fence: bigint;
  /** Epoch of the lanes it was written in; left out in epoch 0 [S13]. */
  readonly epoch?: bigint | undefined;
  readonly topic: string;
  readonly topicId: string;
  /** Ascending by partition, never empty. */
  readonly ranges: readonly IntentRange[];
  readonly contractVersion: string;
  readonly schemaIds: readonly number[];
  /** Names the stored transform that judges the batch. */
  readonly transformHash: string;
  readonly engine: string;
  /** Microseconds since the epoch. */
  readonly ingestedAtUs: bigint;
}

/** [from, to) of one partition; `losses` are the parts of it that an operator has given up, ascending. */
export interface IntentRange {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  /** Leader epoch of the last record batch of the range, -1 when unknown. */
  readonly leaderEpoch: number;
  readonly losses: readonly LostRange[];
}

export interface LostRange {
  readonly incidentId: string;
  readonly from: bigint;
  readonly to: bigint;
}

const offset = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform((text) => BigInt(text));
const range = z
  .object({
    partition: z.int().min(0),
    from: offset,
    to: offset,
    leaderEpoch: z.int().min(-1),
    losses: z.array(z.object({ incidentId: z.string(), from: offset, to: offset })),
  })
  .refine(
    ({ from, to, losses }) =>
      to > from && losses.every((loss) => loss.from >= from && loss.to <= to && loss.to > loss.from),
    'a range must not be empty and its losses must lie inside it',
  );
const intent = z.object({
  batchId: z.uuid(),
  pipelineId: z.string().min(1),
  lane: z.int().min(0),
  batchSeq: z.int().min(0),
  revision: z.int().min(0),
  fence: offset,
  epoch: offset.optional(),
  topic: z.string().min(1),
  topicId: z.string().min(1),
  ranges: z
    .array(range)
    .min(1)
    .refine(
      (ranges) => ranges.every((each, index) => index === 0 || each.partition > ranges[index - 1]!.partition),
      'partitions must ascend',
    ),
  contractVersion: z.string(),
  schemaIds: z.array(z.int()),
  transformHash: z.string().min(1),
  engine: z.string(),
  ingestedAtUs: offset,
});

export const encodeIntent = (value: Intent): Uint8Array =>
  new TextEncoder().encode(`${canonicalJson(value)}\n`);

/** The intent in the bytes, or what is wrong with them. */
export function parseIntent(bytes: Uint8Array): Result<Intent, string> {
  try {
    const parsed = intent.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return parsed.success ? ok(parsed.data) : err(z.prettifyError(parsed.error));
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
}

export const intentFolder = ({ pipelineId, lane }: LaneId): string => `_headwater/${pipelineId}/${lane}/`;

/** `<folder><batchSeq>.json`; a superseding intent is `<folder><batchSeq>.<revision>.json`. */
export const intentPath = (lane: LaneId, batchSeq: number, revision: number): string =>
  `${intentFolder(lane)}${batchSeq}${revision === 0 ? '' : `.${revision}`}.json`;

/** batchSeq and revision of an intent's path, or undefined for any other object. */
export function parseIntentPath(
  lane: LaneId,
  path: string,
): { readonly batchSeq: number; readonly revision: number } | undefined {
  const folder = intentFolder(lane);
  const match = path.startsWith(folder)
    ? /^(\d{1,15})(?:\.(\d{1,6}))?\.json$/.exec(path.slice(folder.length))
    : null;
  return match === null ? undefined : { batchSeq: Number(match[1]), revision: Number(match[2] ?? 0) };
}

export const transformPath = (pipelineId: string, transformHash: string): string =>
  `_headwater/${pipelineId}/transforms/${transformHash}.json`;
