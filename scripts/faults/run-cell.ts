import type { FaultPointName } from '@headwater/core-staging';
import { runSql } from '@headwater/platform-embedded';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf, seedOf, type Cell, type CellResult } from './cell.ts';
import { judgeCell, judgeLedger, mirrorAhead, type Evidence, type Finding } from './cell-oracle.ts';
import { createProduct, PARTITIONS, type CellLake, type CellProduct } from './cell-product.ts';
import type { Deed, Scene } from './deed.ts';
import { deeds } from './deeds.ts';
import { acceptLosses, openIncidents } from './incidents.ts';
import type { OrderedProcess } from './processes.ts';
import { isProxyPoint, watchAtProxy } from './proxy-points.ts';
import type { PlantedCase } from './planted-bugs.ts';
import { createRandom } from './schedule.ts';
import { LEASE_MS, type Track } from './track.ts';
import { waitUntil } from './workers.ts';

const FIRES_WITHIN_MS = 30_000;
const DRAINS_WITHIN_MS = 60_000;
/** A planted bug that stops a lane is told soon. */
const DRAINS_PLANTED_WITHIN_MS = 12_000;
const INCIDENT_WITHIN_MS = 12_000;
const FEED_EVERY_MS = 220;
const FEED_PADDED_EVERY_MS = 4_000;
/** So many records with so many random characters make a file of more than one part. */
const PADDED_RECORDS = 130;
const PADDING = 110_000;
/** A transaction stays open so long after its records could have been taken. */
const OPEN_MS = 1_500;

/** Points a lane passes once per owner; the others are passed by every batch. */
const once: ReadonlySet<FaultPointName> = new Set([
  'sweep.before',
  'claim.after',
  'fence.before',
  'fence.after',
  'revoke.before',
]);

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
    const finding = await judgeCell({ ...toEvidence(scene, deed), begins });
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
    return toResult(cell, startedMs, fired.proof, finding, problems);
  } finally {
    await load.end();
    await load.close();
    await tidy(track, product, workers);
  }
}

/** A sentence when this machine has no such lake. */
function chooseLake({ home, smallDisk, s3 }: Track, { kind, point }: Cell): CellLake | string {
  if (kind.startsWith('s3-') || isProxyPoint(point)) {
    if (s3 === undefined) return 'there is no S3 server for this run';
    return { kind: 's3', folder: path.join(home, 'mirror'), s3 };
  }
  if (kind !== 'disk-full') return { kind: 'folder', folder: path.join(home, 'cells') };
  return smallDisk === undefined
    ? 'no file system of its own could be mounted to fill'
    : { kind: 'folder', folder: smallDisk };
}

const unable = (cell: Cell, startedMs: number, problem: string): CellResult => ({
  cell,
  seconds: secondsSince(startedMs),
  staged: 0,
  lost: 0,
  duplicated: 0,
  problems: [problem],
});

const secondsSince = (startedMs: number): number => Math.round((performance.now() - startedMs) / 100) / 10;

function toResult(
  cell: Cell,
  startedMs: number,
  proof: string | undefined,
  { staged, lost, duplicated }: Finding,
  problems: readonly string[],
): CellResult {
  return {
    cell,
    seconds: secondsSince(startedMs),
    ...(proof === undefined ? {} : { proof }),
    staged,
    lost,
    duplicated,
    problems,
  };
}

interface Fired {
  readonly proof: string | undefined;
  readonly problems: readonly string[];
  /** Intents as they were when the fault fired: name to batch id. */
  readonly intents: ReadonlyMap<string, string>;
}

/** Arms the point, waits until the process is there, lets an heir stand by where one is needed, and does the deed. */
async function fire(
  scene: Scene,
  cell: Cell,
  deed: Deed,
  setting: PlantedCase['setting'],
  onWorker: (worker: OrderedProcess) => void,
): Promise<Fired> {
  const { track, product, doomed, random } = scene;
  const needsHeir = deed.endsProcess || cell.point === 'revoke.before';
  const heir = needsHeir ? await track.takeWorker() : undefined;
  heir?.plant(cell.planted === undefined ? [] : [cell.planted]);
  if (heir !== undefined) onWorker(heir);
  const serial = await arm(scene, cell, deed, random, setting === 'lost-answer' ? 1 : 0);
  const hasFired = await waitUntil(() => doomed.fired(serial) !== undefined, FIRES_WITHIN_MS, 15);
  await product.refresh();
  const intents = readIntents(product);
  if (setting === 'group-moved') await moveGroup(scene);
  if (deed.holdsHeir !== true || !hasFired) heir?.order({});
  if (!hasFired) {
    doomed.order({});
    return { proof: undefined, problems: [], intents };
  }
  const evidence = toEvidence(scene, deed);
  const ahead = await mirrorAhead(evidence).catch(() => []);
  const detail = await deed.do({ ...scene, heir });
  const proof = detail === undefined ? undefined : `${doomed.fired(serial)}; ${detail}`;
  return { proof, problems: [...ahead, ...(await judgeLease(track, product))], intents };
}

/** Gives the order, and brings about what the point needs. Answers the serial whose line proves it. */
async function arm(
  { product, doomed }: Scene,
  cell: Cell,
  deed: Deed,
  random: () => number,
  lostAnswers: number,
): Promise<number> {
  const { point } = cell;
  // A checkpoint comes with every third version only, a file of several parts takes its time.
  const most = point.startsWith('checkpoint.') || isProxyPoint(point) ? 2 : 3;
  const nth = once.has(point) ? 1 : 1 + Math.floor(random() * most);
  const action = deed.action;
  const clock = deed.clockMs === undefined ? {} : { clockMs: deed.clockMs(cell.seed) };
  if (point === 'primary-commit.rebase') {
    const first = doomed.order({ at: 'primary-commit.sent', nth, action: 'hold' });
    await waitUntil(() => doomed.fired(first) !== undefined, FIRES_WITHIN_MS, 15);
    await commitForeign(product);
    return doomed.order({ at: point, nth: 1, action, ...clock });
  }
  if (point === 'primary-commit.read-back') {
    return doomed.order({ at: point, nth: 1, action, lostAnswers: 1, ...clock });
  }
  if (point === 'revoke.before') {
    const serial = doomed.order({ at: point, nth: 1, action, ...clock });
    await waitUntil(
      async () => {
        await product.refresh();
        return judgeLedger(product.primary.commits(), product.pipeline.pipelineId).batches.length > 0;
      },
      FIRES_WITHIN_MS,
      30,
    );
    doomed.dismiss();
    return serial;
  }
  return doomed.order({ at: point, nth, action, lostAnswers, ...clock });
}

/** Moves the group that lag tools read to somewhere else. */
const moveGroup = ({ track, product: { pipeline } }: Scene): Promise<void> =>
  track.admin.commitGroupOffsets(
    `headwater.${pipeline.pipelineId}`,
    pipeline.topic,
    new Map([
      [0, 5n],
      [1, 5n],
    ]),
  );

/** A commit of somebody else at the next version, so that the lane's commit has to move. */
async function commitForeign(product: CellProduct): Promise<void> {
  await product.refresh();
  const version = product.primary.commits().length;
  const entry = {
    commitInfo: { timestamp: 0, operation: 'FOREIGN', operationParameters: {}, isBlindAppend: true },
  };
  await product.putForeign(
    `_delta_log/${String(version).padStart(20, '0')}.json`,
    `${JSON.stringify(entry)}\n`,
  );
}

function toEvidence({ track, product, load }: Scene, deed: Deed): Evidence {
  return {
    database: track.reader,
    pipeline: product.pipeline,
    primary: product.primary,
    quarantine: product.quarantine,
    settings: track.settings,
    databaseUrl: track.stack.databaseUrl,
    load,
    topicIsThere: deed.outcome === 'drained',
  };
}

/** Waits for what the deed should lead to; a sentence when it did not come. */
async function settle(
  { track, product, load }: Scene,
  deed: Deed,
  drainsWithinMs: number,
): Promise<readonly string[]> {
  const { pipelineId, topic } = product.pipeline;
  if (deed.outcome === 'incident') {
    const told = await waitUntil(
      async () => (await openIncidents(track, pipelineId)).some((kind) => kind.startsWith('topic-')),
      INCIDENT_WITHIN_MS,
      150,
    );
    return told ? [] : ['the topic is another and nobody was told'];
  }
  if (deed.outcome === 'accepted') {
    await sleep(500);
    await load.feed().catch(() => undefined);
  }
  const positions = () => judgeLedger(product.primary.commits(), pipelineId).nextOffsets;
  let ends: ReadonlyMap<number, bigint> | undefined;
  const drained = await waitUntil(
    async () => {
      if (deed.outcome === 'accepted') await acceptLosses(track, pipelineId);
      await product.refresh();
      // Asked anew each time: a transaction that was open may have ended.
      ends = await track.admin.offsetsAt(topic, { kind: 'latest' }).catch(() => undefined);
      return ends !== undefined && [...ends].every(([p, end]) => (positions().get(p) ?? 0n) >= end);
    },
    drainsWithinMs,
    60,
  );
  if (drained) return [];
  const incidents = await standing(track, pipelineId);
  return [`did not drain: at ${describe(positions())} of ${describe(ends)}; ${incidents}`];
}

/** The lane's state and its incidents, for a person. */
async function standing({ stack }: Track, pipelineId: string): Promise<string> {
  const rows = await runSql(
    stack.databaseUrl,
    `SELECT concat_ws(' ', kind, status, partition, from_offset, until_offset) FROM incident WHERE pipeline_id = '${pipelineId}'
     UNION ALL SELECT concat_ws(' ', 'lane', state, error) FROM lane_status WHERE pipeline_id = '${pipelineId}'
     UNION ALL SELECT concat_ws(' ', 'lease', owner, lease_until - now()) FROM lane_lease WHERE pipeline_id = '${pipelineId}'`,
  ).catch(() => []);
  return rows.map(([text]) => text).join('; ');
}

const describe = (offsets: ReadonlyMap<number, bigint> | undefined): string =>
  [...(offsets ?? [])].map(([partition, offset]) => `${partition}:${offset}`).join();

const intentFolder = ({ folder, pipeline }: CellProduct): string =>
  path.join(folder, '_headwater', pipeline.pipelineId, '0');

/** Intents that are there now, by batchSeq: an intent that exists is adopted, never replaced [S2]. */
function readIntents(product: CellProduct): ReadonlyMap<string, string> {
  const intents = new Map<string, string>();
  try {
    for (const name of readdirSync(intentFolder(product))) {
      const text = readFileSync(path.join(intentFolder(product), name), 'utf8');
      const { batchId } = JSON.parse(text) as { readonly batchId: string };
      if (/^\d+\.json$/.test(name)) intents.set(name.replace('.json', ''), batchId);
    }
  } catch {
    // None was written yet, or one went while we looked.
  }
  return intents;
}

function judgeIntents(product: CellProduct, intents: ReadonlyMap<string, string>): readonly string[] {
  const { batches } = judgeLedger(product.primary.commits(), product.pipeline.pipelineId);
  return batches.flatMap(({ seq, batchId }) => {
    const fixed = intents.get(String(seq));
    return fixed === undefined || fixed === batchId
      ? []
      : [`batch ${seq} was fixed as ${fixed} and landed as ${batchId}`];
  });
}

/** A lease ends at most its length after now, by Postgres's clock [S1]. */
async function judgeLease({ stack }: Track, { pipeline }: CellProduct): Promise<readonly string[]> {
  const rows = await runSql(
    stack.databaseUrl,
    `SELECT extract(epoch FROM lease_until - now())::text FROM lane_lease WHERE pipeline_id = '${pipeline.pipelineId}' AND lease_until > now()`,
  ).catch(() => []);
  const seconds = Number(rows[0]?.[0] ?? 0);
  return seconds * 1000 > LEASE_MS + 200
    ? [`a lease was set to end in ${seconds} s: not by Postgres's clock`]
    : [];
}

const RELEASED_WITHIN_MS = 2_500;

/** Ends the cell's lane, and gives workers back that are alive and own nothing. */
async function tidy(track: Track, product: CellProduct, workers: readonly OrderedProcess[]): Promise<void> {
  for (const worker of workers) if (!worker.process.hasExited()) worker.order({});
  await product.retire().catch(() => undefined);
  await endLane(track, product, workers);
  product.remove();
}

/** Waits until nobody owns the lane, and gives the workers back that are alive then. */
export async function endLane(
  track: Track,
  product: CellProduct,
  workers: readonly OrderedProcess[],
): Promise<void> {
  const { pipelineId } = product.pipeline;
  const isFree = await waitUntil(
    async () => {
      const sql = `SELECT 1 FROM lane_lease WHERE pipeline_id = '${pipelineId}' AND lease_until > now()`;
      return (await runSql(track.stack.databaseUrl, sql).catch(() => [['busy']])).length === 0;
    },
    RELEASED_WITHIN_MS,
    50,
  );
  for (const worker of workers) {
    if (worker.process.hasExited()) continue;
    if (isFree && !worker.isDismissed()) track.giveBack(worker);
    else await worker.process.kill();
  }
}

export const describeCell = ({
  cell,
  seconds,
  proof,
  staged,
  lost,
  duplicated,
  problems,
}: CellResult): string =>
  `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${nameOf(cell).padEnd(50)} ${seconds.toFixed(1).padStart(5)} s  staged ${String(staged).padStart(5)}, lost ${lost}, duplicated ${duplicated}  ${problems[0] ?? proof ?? ''}`;
