import type { Problem } from '@headwater/core-mesh';
import type { OperatingRequest } from '@headwater/core-staging';
import { err, ok, type Result } from '@headwater/kernel';
import type { PlanBackfillInput, PlanRestartInput } from '../generated/schema-types.ts';

type Parsed = Result<OperatingRequest, Problem>;

export function parseBackfill({ ranges, fromTime, toTime }: PlanBackfillInput): Parsed {
  const fromMs = fromTime ?? undefined;
  const toMs = toTime ?? undefined;
  if (ranges !== undefined && ranges !== null && ranges.length > 0) {
    if (fromMs !== undefined || toMs !== undefined) return err(eitherRangesOrTimes);
    return ok({
      kind: 'backfill',
      ranges: ranges.map(({ partition, from, to }) => ({
        partition,
        from: from.toString(),
        to: to.toString(),
      })),
    });
  }
  if (fromMs === undefined || toMs === undefined || toMs <= fromMs) return err(eitherRangesOrTimes);
  return ok({ kind: 'backfill', times: { fromMs, toMs } });
}

export function parseRestart({ fromEarliest, atTime, offsets }: PlanRestartInput): Parsed {
  const wishes: OperatingRequest[] = [
    ...(fromEarliest === true ? [{ kind: 'restart', from: 'earliest' } as const] : []),
    ...(atTime === undefined || atTime === null
      ? []
      : [{ kind: 'restart', from: { timeMs: atTime } } as const]),
    ...(offsets === undefined || offsets === null || offsets.length === 0
      ? []
      : [{ kind: 'restart', from: { offsets: toOffsets(offsets) } } as const]),
  ];
  const [wish, ...others] = wishes;
  return wish === undefined || others.length > 0 ? err(oneStart) : ok(wish);
}

/** `backfillId` names a folder, so nothing but what a backfill is called by passes. */
export const parseSwap = (kind: 'swap' | 'undo-swap', backfillId: string): Parsed =>
  /^[0-9a-f]{12}$/.test(backfillId) ? ok({ kind, backfillId }) : err(backfillUnknown);

const toOffsets = (
  offsets: readonly { readonly partition: number; readonly offset: bigint }[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(offsets.map(({ partition, offset }) => [partition, offset.toString()]));

const eitherRangesOrTimes: Problem = {
  code: 'HW_BACKFILL_WISH',
  message: 'A backfill needs either ranges of offsets, or a time to begin and a later one to end at.',
  fix: 'Name --partition, --from and --to, once per partition, or --from-time and --to-time.',
  path: ['ranges'],
};

const backfillUnknown: Problem = {
  code: 'HW_SWAP_WISH',
  message: 'A backfill is named by 12 hexadecimal digits.',
  fix: 'Look at `headwater pipeline plans`, which shows the backfills of the product.',
  path: ['backfillId'],
};

const oneStart: Problem = {
  code: 'HW_RESTART_WISH',
  message: 'A restart needs exactly one place to begin at.',
  fix: 'Name one of --from-earliest, --at and --from-offset.',
  path: ['fromEarliest'],
};
