import { describeError } from '@headwater/kernel';
import type { FaultPointName } from '@headwater/core-staging';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CellResult } from './cell.ts';
import { judgeLedger } from './cell-oracle.ts';
import type { Deed } from './deed.ts';
import { untilStopped, wake } from './process-state.ts';
import { runCell } from './run-cell.ts';
import { createRandom } from './schedule.ts';
import { LEASE_MS, openTrack, type Track } from './track.ts';
import { waitUntil } from './workers.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Where the owner is stopped: from fetching to the moment after its commit. */
const points: readonly FaultPointName[] = [
  'primary-commit.sent',
  'primary-commit.before',
  'intent.before',
  'quarantine-commit.before',
  'upload.open',
  'poll.after',
  'fence.before',
  'primary-commit.answered',
];
const when = ['before', 'after'] as const;
type When = (typeof when)[number];

const SUCCESSOR_WITHIN_MS = 10_000;

/** Stopped for longer than its lease, and woken before or after a successor has committed. */
const zombieDeed = (wakes: When): Deed => ({
  action: 'stop',
  endsProcess: true,
  holdsHeir: true,
  outcome: 'drained',
  async do({ product, doomed, heir, random }) {
    const { pid } = doomed.process;
    const commits = () => {
      const { fences, batches } = judgeLedger(product.primary.commits(), product.pipeline.pipelineId);
      return { fences, batches: batches.length };
    };
    const { isStopped, words } = await untilStopped(pid);
    const before = commits();
    if (wakes === 'after') heir?.order({});
    await sleep(LEASE_MS * (1.15 + random() * 0.5));
    let proof = `${words}, beyond its lease`;
    if (wakes === 'after') {
      const hasFollowed = await waitUntil(
        () => commits().fences > before.fences && commits().batches > before.batches,
        SUCCESSOR_WITHIN_MS,
        20,
      );
      if (!hasFollowed) return undefined;
      proof += ', its successor committed';
    } else if (commits().fences > before.fences) return undefined;
    const hasSlept = wake(pid);
    if (wakes === 'before') {
      await sleep(random() * 60);
      heir?.order({});
    }
    await sleep(400);
    return isStopped && hasSlept ? `${proof}, woken` : undefined;
  },
});

/** Trials of owners that sleep through their lease; 0 when no old fence lands after a new one and nothing is there twice. */
export async function runZombies(options: {
  readonly trials: number;
  readonly seed: number;
  readonly tracks: number;
}): Promise<number> {
  const startedMs = performance.now();
  const random = createRandom(options.seed);
  const queue = Array.from({ length: options.trials }, (_, index) => ({
    index,
    wakes: when[index % 2]!,
    point: points[Math.floor(index / 2) % points.length]!,
    seed: Math.floor(random() * 1e9),
  }));
  const results: (CellResult & { readonly wakes: When })[] = [];
  const work = async (number: number): Promise<void> => {
    let track: Track | undefined;
    for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
      const { point, seed, wakes } = trial;
      const cell = { point, kind: 'stop-worker', seed } as const;
      try {
        track ??= await openTrack(number);
        results.push({ ...(await runCell(track, cell, { deed: zombieDeed(wakes) })), wakes });
      } catch (error) {
        const problems = [`the harness failed: ${describeError(error)}`];
        results.push({ cell, seconds: 0, staged: 0, lost: 0, duplicated: 0, problems, wakes });
        await track?.close().catch(() => undefined);
        track = undefined;
      }
      const { problems, seconds, proof } = results.at(-1)!;
      say(
        `[${results.length}/${options.trials}] ${problems.length === 0 ? 'ok  ' : 'FAIL'} ${point} woken ${wakes} ` +
          `a successor's commit, seed ${seed}, ${seconds.toFixed(1)} s  ${problems[0] ?? proof ?? ''}`,
      );
    }
    await track?.close();
  };
  const tracks = Math.min(options.tracks, options.trials);
  await Promise.all(Array.from({ length: tracks }, (_, index) => work(index + 1)));
  return conclude(results, options, performance.now() - startedMs);
}

function conclude(
  results: readonly (CellResult & { readonly wakes: When })[],
  { trials, seed }: { readonly trials: number; readonly seed: number },
  tookMs: number,
): number {
  const count = (of: readonly CellResult[], what: (result: CellResult) => boolean) => of.filter(what).length;
  const isOld = ({ problems }: CellResult) => problems.some((problem) => problem.includes('of fence'));
  say('');
  say('woken                        trials  fired  old fence after new  duplicated  lost  held');
  for (const wakes of when) {
    const of = results.filter((result) => result.wakes === wakes);
    const columns = [
      of.length,
      count(of, ({ proof }) => proof !== undefined),
      count(of, isOld),
      of.reduce((sum, { duplicated }) => sum + duplicated, 0),
      of.reduce((sum, { lost }) => sum + lost, 0),
      count(of, ({ problems }) => problems.length === 0),
    ];
    const widths = [6, 6, 20, 11, 5, 5];
    say(
      `${`${wakes} a successor's commit`.padEnd(28)} ${columns.map((value, index) => String(value).padStart(widths[index]!)).join(' ')}`,
    );
  }
  for (const { cell, problems, wakes } of results) {
    if (problems.length > 0) say(`FAILED ${cell.point} woken ${wakes}, seed ${cell.seed}: ${problems[0]}`);
  }
  const held = count(results, ({ problems }) => problems.length === 0);
  say(
    JSON.stringify({
      seed,
      trials,
      fired: count(results, ({ proof }) => proof !== undefined),
      beforeSuccessor: count(results, (result) => (result as { wakes?: When }).wakes === 'before'),
      oldFenceAfterNew: count(results, isOld),
      duplicated: results.reduce((sum, { duplicated }) => sum + duplicated, 0),
      lost: results.reduce((sum, { lost }) => sum + lost, 0),
      held,
      seconds: Math.round(tookMs / 1000),
    }),
  );
  return held === trials ? 0 : 1;
}
