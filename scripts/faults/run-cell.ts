import type { FaultPointName } from '@headwater/core-staging';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell, CellResult } from './cell.ts';
import { fire } from './cell-fire.ts';
import { evidenceOf, judgeCell } from './cell-oracle.ts';
import { settle } from './cell-settle.ts';
import type { Deed, Scene } from './deed.ts';
import { deeds } from './deeds.ts';
import { judgeIntents, judgeLease } from './lane-checks.ts';
import type { PlantedCase } from './planted-bugs.ts';
import { isProxyPoint, watchAtProxy } from './proxy-points.ts';
import { stageCell, type StageOptions } from './stage-cell.ts';
import type { Track } from './track.ts';

const DRAINS_WITHIN_MS = 60_000;
/** A planted bug that stops a lane is told soon. */
const DRAINS_PLANTED_WITHIN_MS = 12_000;
const FEED_EVERY_MS = 220;
const FEED_PADDED_EVERY_MS = 4_000;
/** So many records with so many random characters make a file of more than one part. */
const PADDED_RECORDS = 130;
const PADDING = 110_000;
/** A transaction stays open so long after its records could have been taken. */
const OPEN_MS = 1_500;

/** Points at which a new lane has not asked yet where its partitions begin [S8]. */
const beforeReading: ReadonlySet<FaultPointName> = new Set(['fence.before', 'fence.after']);

/** Runs one cell on the track: feed, arm, fire, disturb, drain, judge. Never throws for what the system did. */
export async function runCell(
  track: Track,
  cell: Cell,
  {
    setting,
    deed = deeds[cell.kind],
  }: { readonly setting?: PlantedCase['setting']; readonly deed?: Deed } = {},
): Promise<CellResult> {
  if (deed === undefined) throw new Error(`${cell.kind} is not carried out by workers`);
  const atProxy = isProxyPoint(cell.point);
  const options: StageOptions = {
    ...(atProxy ? { flushIntervalMs: 1_500 } : {}),
    load: (random) => ({
      recordsPerHelping: atProxy ? PADDED_RECORDS : 40 + Math.floor(random() * 40),
      padding: atProxy ? PADDING : 0,
      withTransactions: setting === 'transactions' || (setting === undefined && cell.seed % 2 === 0),
    }),
  };
  return stageCell(track, cell, options, async ({ product, load, random, workers, takeDoomed }) => {
    await load.feed();
    const worker = await takeDoomed();
    const doomed = atProxy ? watchAtProxy(worker, track, cell.point, product) : worker;
    const abort = setting === 'open-transaction' ? await load.leaveOpen() : undefined;
    load.start(atProxy ? FEED_PADDED_EVERY_MS : FEED_EVERY_MS);
    const scene: Scene = { track, product, load, doomed, random };
    const fired = await fire(scene, cell, deed, setting, (worker) => workers.push(worker));
    await load.end();
    if (abort !== undefined) {
      await sleep(OPEN_MS);
      await abort();
    }
    if (deed.outcome === 'drained') await load.feed().catch(() => undefined);
    const settled = await settle(
      scene,
      deed,
      cell.planted === undefined ? DRAINS_WITHIN_MS : DRAINS_PLANTED_WITHIN_MS,
    );
    await product.refresh();
    const hasRead = !beforeReading.has(cell.point) || deed.outcome !== 'accepted';
    const begins = hasRead
      ? undefined
      : await track.admin.offsetsAt(product.pipeline.topic, { kind: 'earliest' });
    const finding = await judgeCell({ ...evidenceOf(scene, deed), begins });
    const lease = await judgeLease(track, product);
    const problems = [...fired.problems, ...settled, ...lease, ...judgeIntents(product, fired.intents)];
    return { doomed, proof: fired.proof, finding, problems };
  });
}
