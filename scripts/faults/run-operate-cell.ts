import {
  plannedPositions,
  type OffsetRange,
  type OperatingRequest,
  type StoredOperatingPlan,
} from '@headwater/core-staging';
import type { Cell, CellResult } from './cell.ts';
import { nextContract } from './cell-contract.ts';
import { evidenceOf, judgeCell } from './cell-oracle.ts';
import { PARTITIONS } from './cell-product.ts';
import { settle } from './cell-settle.ts';
import type { Deed, Scene } from './deed.ts';
import { deeds } from './deeds.ts';
import { fireOnce } from './fire-once.ts';
import {
  judgeOperated,
  judgeSettled,
  judgeSideTable,
  judgeTransfers,
  judgeWork,
  type Operated,
} from './operate-oracle.ts';
import { awaitVerb, beginVerb, describeVerb, planVerb } from './operate-verbs.ts';
import type { OrderedProcess } from './processes.ts';
import { stageAll } from './stage-all.ts';
import { stageCell, type Played, type Stage } from './stage-cell.ts';
import type { Track } from './track.ts';

const HELPINGS = 3;
const RECORDS_PER_HELPING = 700;
const LIVE_RECORDS = 40;
const LIVE_EVERY_MS = 400;
const FLUSH_MS = 400;
const DRAINS_WITHIN_MS = 30_000;

/**
 * One cell of the operate scene: thousands of records are staged, the contract changes, and an operator's verbs rewrite a
 * part of the table beside a live lane. One of the verbs is disturbed at the point. In the end every record stands once
 * where the contract that counts for it puts it, and the ledgers in the log and in Postgres say so [S10][S15].
 */
export async function runOperateCell(track: Track, cell: Cell): Promise<CellResult> {
  const deed = deeds[cell.kind];
  if (deed === undefined) throw new Error(`${cell.kind} is not carried out by workers`);
  const load = () => ({
    recordsPerHelping: RECORDS_PER_HELPING,
    withTransactions: cell.seed % 2 === 0,
    padding: 0,
  });
  return stageCell(track, cell, { flushIntervalMs: FLUSH_MS, load }, (stage) =>
    play(track, cell, deed, stage),
  );
}

async function play(
  track: Track,
  cell: Cell,
  deed: Deed,
  { lake, product, load, random, workers, takeDoomed }: Stage,
): Promise<Played> {
  const doomed = await takeDoomed();
  doomed.order({});
  for (let helping = 0; helping < HELPINGS; helping++) await load.feed();
  const ends = await track.admin.offsetsAt(product.pipeline.topic, { kind: 'latest' });
  await stageAll(product, ends);
  await product.judgeBy(nextContract);
  const scene: Scene = { track, product, load, doomed, random };
  // A store that fails for a few requests, and a topic that is to go, belong to the verb alone.
  if (deed.outcome === 'drained' && lake.kind === 'folder') load.start(LIVE_EVERY_MS, LIVE_RECORDS);
  const ranges = chooseRanges(ends, random);
  const operated = await operate(scene, cell, deed, ranges, (heir) => workers.push(heir));
  await load.end();
  const settled = await settle(scene, deed, DRAINS_WITHIN_MS);
  await product.refresh();
  const evidence = { ...evidenceOf(scene, deed), judge: judgeOperated(operated) };
  const finding = await judgeCell(evidence);
  const problems = [
    ...operated.problems,
    ...settled,
    ...(await judgeSideTable(evidence, product, operated)),
    ...(await judgeTransfers(evidence)),
    ...(lake.kind === 'folder' ? judgeSettled(product) : []),
    ...(await judgeWork(track.stack.databaseUrl, operated.plans)),
  ];
  return { doomed, proof: operated.proof, finding, problems };
}

/** A piece out of the middle of each partition, so that files straddle its ends. */
const chooseRanges = (ends: ReadonlyMap<number, bigint>, random: () => number): readonly OffsetRange[] =>
  [...ends].map(([partition, end]) => {
    const within = (from: number, to: number) =>
      BigInt(Math.floor(Number(end) * (from + random() * (to - from))));
    return { partition, from: within(0.02, 0.3), to: within(0.7, 0.98) };
  });

type Verb = OperatingRequest['kind'];

/** The verbs of a cell in order; the last one is the one that is disturbed, unless the backfill is. */
function verbsOf({ point, seed }: Cell): { readonly verbs: readonly Verb[]; readonly disturbed: Verb } {
  if (point.startsWith('replay.')) return { verbs: ['replay'], disturbed: 'replay' };
  if (point.startsWith('backfill.')) return { verbs: ['backfill', 'swap'], disturbed: 'backfill' };
  // Every second seed meets its fault while the swap is taken back.
  return seed % 2 === 1
    ? { verbs: ['backfill', 'swap'], disturbed: 'swap' }
    : { verbs: ['backfill', 'swap', 'undo-swap'], disturbed: 'undo-swap' };
}

interface Outcome extends Operated {
  readonly proof: string | undefined;
  readonly plans: readonly StoredOperatingPlan[];
  readonly problems: readonly string[];
}

/** Carries the verbs out one after another and disturbs one of them; ends with the first that did not end well. */
async function operate(
  scene: Scene,
  cell: Cell,
  deed: Deed,
  ranges: readonly OffsetRange[],
  onHeir: (heir: OrderedProcess) => void,
): Promise<Outcome> {
  const { track, product } = scene;
  const { verbs, disturbed } = verbsOf(cell);
  const plans: StoredOperatingPlan[] = [];
  const outcome = { ...nothingYet, plans };
  for (const verb of verbs) {
    const request = requestOf(verb, ranges, outcome.backfilled?.backfillId ?? '');
    const shown = await planVerb(track, product, request);
    plans.push(shown);
    if (shown.state !== 'previewed') return { ...outcome, problems: [`not shown: ${describeVerb(shown)}`] };
    if (verb === disturbed) {
      const begin = () => beginVerb(track, shown.id);
      const nth = isOfParts(cell) ? 1 + Math.floor(scene.random() * PARTITIONS) : 1;
      const work = { nth, clockMs: deed.clockMs?.(cell.seed), begin, takeHeir: () => track.takeWorker() };
      const { proof, heir } = await fireOnce(scene, cell, deed, work);
      if (heir !== undefined) onHeir(heir);
      outcome.proof = proof;
    } else await beginVerb(track, shown.id);
    const ended = await awaitVerb(track, shown.id);
    plans.splice(-1, 1, ended);
    if (ended.state !== 'applied') {
      // A topic that is another, or lost its records, may be refused; then nothing was changed.
      const isRefusal = deed.outcome !== 'drained' && ended.state === 'refused';
      return { ...outcome, problems: isRefusal ? [] : [describeVerb(ended)] };
    }
    Object.assign(outcome, whatChanged(verb, ended, ranges));
    if (deed.outcome !== 'drained') return outcome;
  }
  return outcome;
}

const nothingYet: Omit<Outcome, 'plans'> & { proof: string | undefined } = {
  backfilled: undefined,
  isSwapped: false,
  replayedBelow: undefined,
  proof: undefined,
  problems: [],
};

/** Points that are passed once for each part. */
const isOfParts = ({ point }: Cell): boolean =>
  point.startsWith('backfill.') && point !== 'backfill.manifest';

function requestOf(verb: Verb, ranges: readonly OffsetRange[], backfillId: string): OperatingRequest {
  if (verb === 'swap' || verb === 'undo-swap') return { kind: verb, backfillId };
  if (verb !== 'backfill') return { kind: 'replay' };
  const named = ranges.map(({ partition, from, to }) => ({ partition, from: String(from), to: String(to) }));
  return { kind: 'backfill', ranges: named };
}

function whatChanged(
  verb: Verb,
  { plan }: StoredOperatingPlan,
  ranges: readonly OffsetRange[],
): Partial<Operated> {
  if (verb === 'replay') return { replayedBelow: plannedPositions(plan!) };
  if (verb !== 'backfill') return { isSwapped: verb === 'swap' };
  return { backfilled: { backfillId: plan?.world['backfillId'] ?? '', ranges } };
}
