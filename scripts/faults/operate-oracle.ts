import type { OffsetRange, StoredOperatingPlan } from '@headwater/core-staging';
import { runSql } from '@headwater/platform-embedded';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { firstContract, judgeValue, nextContract } from './cell-contract.ts';
import {
  expectedRecords,
  joinContent,
  judgeLedger,
  type Evidence,
  type Expected,
  type Ledger,
  type Place,
} from './cell-oracle.ts';
import type { CellProduct } from './cell-product.ts';
import { freezeLog, judgeCheckpoint, judgeLog, readColumns, type LogReader } from './delta-reader.ts';
import { waitUntil } from './workers.ts';

/** What operators' verbs have made of a table, by what they say of themselves. */
export interface Operated {
  /** Of a backfill that ended; its ranges. */
  readonly backfilled: { readonly backfillId: string; readonly ranges: readonly OffsetRange[] } | undefined;
  /** True when the side table stands in the place of its ranges. */
  readonly isSwapped: boolean;
  /** Of a replay that ended: what was committed when it was shown, by partition. */
  readonly replayedBelow: ReadonlyMap<number, bigint> | undefined;
}

const isIn = (ranges: readonly OffsetRange[], { partition, offset }: Place): boolean =>
  ranges.some((range) => range.partition === partition && offset >= range.from && offset < range.to);

/** A record stands as the contract of its batch judged it, unless a verb has put another judgement in its place. */
export const judgeOperated =
  ({ backfilled, isSwapped, replayedBelow }: Operated) =>
  (place: Place, value: string | null, { batches }: Ledger): Expected['sent'] => {
    const { partition, offset } = place;
    if (isSwapped && backfilled !== undefined && isIn(backfilled.ranges, place))
      return judgeValue(value, nextContract.contractVersion);
    const batch = batches.find(({ entries }) =>
      entries.some((entry) => entry.partition === partition && offset >= entry.from && offset < entry.to),
    );
    const judged = judgeValue(value, batch?.contractVersion ?? firstContract.contractVersion);
    const isReplayed = judged === 'refused' && offset < (replayedBelow?.get(partition) ?? 0n);
    return isReplayed ? judgeValue(value, nextContract.contractVersion) : judged;
  };

/** The side table holds each record of its ranges once, as the contract in force judges it, and its ledger says so. */
export async function judgeSideTable(
  evidence: Evidence,
  product: CellProduct,
  { backfilled }: Operated,
): Promise<readonly string[]> {
  if (backfilled === undefined) return [];
  const { backfillId, ranges } = backfilled;
  const besides = [`__backfill_${backfillId}`, `__backfill_${backfillId}__quarantine`].map(product.beside);
  await product.refresh();
  const [primary, quarantine] = besides.map(freezeLog) as [LogReader, LogReader];
  const [inPrimary, inQuarantine] = [judgeLog(primary), judgeLog(quarantine)];
  const { database, pipeline } = evidence;
  const rows = await readColumns(database, primary, inPrimary.live, ['_partition', '_offset', 'event_id']);
  const refused = await readColumns(database, quarantine, inQuarantine.live, ['"partition"', '"offset"']);
  const ledger = judgeLedger(primary.commits(), pipeline.pipelineId, { isFenced: false });
  const expected = new Map<string, Expected>();
  for (const [place, record] of await expectedRecords(evidence)) {
    const [partition, offset] = place.split(':');
    if (!isIn(ranges, { partition: Number(partition), offset: BigInt(offset!) })) continue;
    const sent = judgeValue(record.value ?? null, nextContract.contractVersion);
    expected.set(place, { ...record, sent });
  }
  const unfinished = ranges.filter(({ partition, to }) => ledger.nextOffsets.get(partition) !== to);
  return [
    ...inPrimary.problems,
    ...inQuarantine.problems,
    ...(await judgeCheckpoint(database, primary)),
    ...ledger.problems,
    ...unfinished.map(({ partition, to }) => `partition ${partition} does not end at ${to}`),
    ...joinContent(expected, ledger, rows, refused).problems,
  ].map((problem) => `side table: ${problem}`);
}

const MIRRORED_WITHIN_MS = 4_000;

/** Postgres counts rows and quarantined records as the table's own log does, transfers of verbs among them [S10]. */
export async function judgeTransfers({
  databaseUrl,
  pipeline,
  primary,
}: Evidence): Promise<readonly string[]> {
  const { totals } = judgeLedger(primary.commits(), pipeline.pipelineId);
  const [landed, quarantined] = [totals['landed'] ?? 0n, totals['quarantined'] ?? 0n];
  const wanted = [landed, quarantined, quarantined].join();
  let found = '';
  const isSame = await waitUntil(
    async () => {
      const where = `WHERE pipeline_id = '${pipeline.pipelineId}'`;
      const rows = await runSql(
        databaseUrl,
        `SELECT sum(landed)::text, sum(quarantined)::text,
           (SELECT coalesce(sum(records), 0)::text FROM quarantine_group ${where}) FROM ledger_total ${where}`,
      ).catch(() => []);
      found = rows[0]?.join() ?? '';
      return found === wanted;
    },
    MIRRORED_WITHIN_MS,
    100,
  );
  return isSame ? [] : [`Postgres counts ${found} landed, quarantined, grouped; the log says ${wanted}`];
}

/** Intents of swaps that ended hold no copy of what rows hold. Of a local lake. */
export function judgeSettled({ folder }: CellProduct): readonly string[] {
  const intents = existsSync(folder) ? globSync(path.join(folder, '_headwater/swaps/*/*.json')) : [];
  return intents
    .filter((file) => readFileSync(file, 'utf8').includes('minValues'))
    .map((file) => `${path.basename(file)} still holds statistics of rows`);
}

/** Every verb that was asked for has ended, and no work of it is left [I7]. */
export async function judgeWork(
  databaseUrl: string,
  plans: readonly StoredOperatingPlan[],
): Promise<readonly string[]> {
  const ids = plans.map(({ id }) => `'${id}'`).join();
  if (ids === '') return [];
  const isDone = await waitUntil(
    async () => {
      const sql = `SELECT state FROM work_item WHERE payload->>'planId' IN (${ids}) AND state IN ('waiting', 'running')`;
      return (await runSql(databaseUrl, sql).catch(() => [['unknown']])).length === 0;
    },
    MIRRORED_WITHIN_MS,
    100,
  );
  return isDone ? [] : ['work of a verb that ended is still waiting or running'];
}
