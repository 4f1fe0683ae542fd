import type { FaultPointName } from '@headwater/core-staging';
import { setTimeout as sleep } from 'node:timers/promises';
import { secondsSince, seedOf, unable, type Cell, type CellResult } from './cell.ts';
import { tidy } from './cell-end.ts';
import { fire } from './cell-fire.ts';
import { chooseLake } from './cell-lake.ts';
import { evidenceOf, judgeCell } from './cell-oracle.ts';
import { createProduct, PARTITIONS } from './cell-product.ts';
import { settle } from './cell-settle.ts';
import type { Deed, Scene } from './deed.ts';
import { deeds } from './deeds.ts';
import { judgeIntents, judgeLease } from './lane-checks.ts';
import type { PlantedCase } from './planted-bugs.ts';
import type { OrderedProcess } from './processes.ts';
import { isProxyPoint, watchAtProxy } from './proxy-points.ts';
import { createRandom } from './schedule.ts';
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
  const startedMs = performance.now();
  if (deed === undefined) throw new Error(`${cell.kind} is not carried out by workers`);
  const random = createRandom(seedOf(cell));
  const lake = chooseLake(track, cell);
  if (typeof lake === 'string') return unable(cell, startedMs, lake);
  await track.endRetentionWorkers();
  const product = await createProduct(
    track,
    lake,
    isProxyPoint(cell.point) ? { flushIntervalMs: 1_500 } : {},
  );
  const load = track.feeders.feedTopic(product.pipeline.topic, {
    partitions: PARTITIONS,
    recordsPerHelping: isProxyPoint(cell.point) ? PADDED_RECORDS : 40 + Math.floor(random() * 40),
    padding: isProxyPoint(cell.point) ? PADDING : 0,
    withTransactions: setting === 'transactions' || (setting === undefined && cell.seed % 2 === 0),
    random,
  });
  const workers: OrderedProcess[] = [];
  try {
    await load.feed();
    const worker = await track.takeWorker();
    workers.push(worker);
    worker.plant(cell.planted === undefined ? [] : [cell.planted]);
    const doomed = isProxyPoint(cell.point) ? watchAtProxy(worker, track, cell.point, product) : worker;
    const abort = setting === 'open-transaction' ? await load.leaveOpen() : undefined;
    load.start(isProxyPoint(cell.point) ? FEED_PADDED_EVERY_MS : FEED_EVERY_MS);
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
    const problems = [
      ...(fired.proof === undefined
        ? [`the fault did not fire: ${doomed.process.logTail().slice(-300)}`]
        : []),
      ...fired.problems,
      ...settled,
      ...finding.problems,
      ...(await judgeLease(track, product)),
      ...judgeIntents(product, fired.intents),
    ];
    const { staged, lost, duplicated } = finding;
    const { proof } = fired;
    return {
      cell,
      seconds: secondsSince(startedMs),
      ...(proof === undefined ? {} : { proof }),
      staged,
      lost,
      duplicated,
      problems,
    };
  } finally {
    await load.end();
    await load.close();
    await tidy(track, product, workers);
  }
}
