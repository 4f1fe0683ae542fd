import type { FaultPointName } from '@headwater/core-staging';
import type { Cell } from './cell.ts';
import { evidenceOf, judgeLedger, mirrorAhead } from './cell-oracle.ts';
import type { CellProduct } from './cell-product.ts';
import type { Deed, Scene } from './deed.ts';
import { judgeLease, readIntents } from './lane-checks.ts';
import type { PlantedCase } from './planted-bugs.ts';
import type { OrderedProcess } from './processes.ts';
import { isProxyPoint } from './proxy-points.ts';
import { waitUntil } from './workers.ts';

const FIRES_WITHIN_MS = 30_000;

/** Points a lane passes once per owner; the others are passed by every batch. */
const once: ReadonlySet<FaultPointName> = new Set([
  'sweep.before',
  'claim.after',
  'fence.before',
  'fence.after',
  'revoke.before',
]);

export interface Fired {
  readonly proof: string | undefined;
  readonly problems: readonly string[];
  /** Intents as they were when the fault fired: name to batch id. */
  readonly intents: ReadonlyMap<string, string>;
}

/** Arms the point, waits until the process is there, lets an heir stand by where one is needed, and does the deed. */
export async function fire(
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
  const evidence = evidenceOf(scene, deed);
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
