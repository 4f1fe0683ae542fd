import { describeError } from '@headwater/kernel';
import { startS3Server, startThreeBrokers } from '@headwater/testkit';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeCell, nameOf, type Cell, type CellResult } from './cell.ts';
import { readMatrix, toCells, type MatrixPair, type SceneCell } from './matrix-file.ts';
import { isProxyPoint } from './proxy-points.ts';
import { runScene } from './run-scene.ts';
import { openTrack, type Track, type TrackOptions } from './track.ts';

export interface MatrixOptions {
  readonly seeds: number;
  /** `point`, `point:kind` or `point:kind:seed`, several with commas; `*` stands for anything. */
  readonly only: string | undefined;
  readonly isFresh: boolean;
  readonly tracks: number;
}

/** A result as it is kept between runs. */
interface KeptResult extends CellResult {
  readonly commit: string;
  /** Hash of the code under test: results of another one do not count. */
  readonly code: string;
  readonly at: string;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const root = path.resolve(import.meta.dirname, '../..');
const resultsFile = path.join(
  process.env['HEADWATER_HOME'] ?? path.join(root, '.headwater'),
  'faults',
  'matrix.jsonl',
);

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

/** Runs every applicable cell that has not held with this code yet, on several tracks; 0 when all hold. */
export async function runMatrix(options: MatrixOptions): Promise<number> {
  const startedMs = performance.now();
  const [commit, code] = [
    git('rev-parse', 'HEAD'),
    git('rev-parse', 'HEAD:apps', 'HEAD:libs').replaceAll('\n', '-'),
  ];
  const pairs = readMatrix();
  const cells = toCells(pairs, options.seeds).filter((cell) => isWanted(cell, options.only));
  const kept = options.isFresh ? new Map<string, KeptResult>() : readResults(code);
  const open = cells.filter((cell) => options.only !== undefined || !hasHeld(kept.get(nameOf(cell))));
  say(
    `commit ${commit.slice(0, 12)}: ${pairs.length} pairs, ${pairs.filter(({ reason }) => reason === undefined).length} applicable, ` +
      `${options.seeds} seeds; ${cells.length} cells, ${open.length} to run on ${options.tracks} tracks; results in ${resultsFile}`,
  );
  mkdirSync(path.dirname(resultsFile), { recursive: true });
  const queues = [open.filter(isOfCluster), open.filter((cell) => !isOfCluster(cell)).toSorted(byScene)];
  let done = 0;
  const keep = (result: CellResult): void => {
    const full: KeptResult = { ...result, commit, code, at: new Date().toISOString() };
    kept.set(nameOf(result.cell), full);
    appendFileSync(resultsFile, `${JSON.stringify(full)}\n`);
    say(`[${String(++done).padStart(4)}/${open.length}] ${describeCell(result)}`);
    for (const problem of result.problems.slice(1)) say(`       ${problem}`);
  };
  const s3 = open.some(needsS3) ? await startS3Server() : undefined;
  const [ofCluster = [], others = []] = queues;
  await Promise.all(
    Array.from({ length: Math.max(1, Math.min(options.tracks, open.length)) }, async (_, index) => {
      // One track at a time has three brokers.
      if (index === 0 && ofCluster.length > 0) await workOnCluster(ofCluster, keep);
      await work(index + 1, others, keep, { s3 });
    }),
  );
  await s3?.[Symbol.asyncDispose]();
  const results = cells.flatMap((cell) => kept.get(nameOf(cell)) ?? []);
  return conclude(pairs, cells, results, performance.now() - startedMs, commit);
}

async function workOnCluster(queue: SceneCell[], keep: (result: CellResult) => void): Promise<void> {
  const brokers = await startThreeBrokers();
  try {
    await work(9, queue, keep, { brokers });
  } finally {
    await brokers[Symbol.asyncDispose]();
  }
}

const isOfCluster = ({ scene }: SceneCell): boolean => scene === 'cluster';
/** Cells of one scene follow each other: a scene's processes stay warm. */
const byScene = (a: SceneCell, b: SceneCell): number => a.scene.localeCompare(b.scene);
const needsS3 = ({ kind, point }: Cell): boolean => kind.startsWith('s3-') || isProxyPoint(point);

const CELL_MS_MAX = 120_000;

/** Takes cells until none is left. A track on which the harness itself failed is replaced. */
async function work(
  index: number,
  queue: SceneCell[],
  keep: (result: CellResult) => void,
  options: TrackOptions,
): Promise<void> {
  let track: Track | undefined;
  const triedAgain = new Set<string>();
  let failuresInRow = 0;
  try {
    for (let cell = takeNext(queue); cell !== undefined; cell = takeNext(queue)) {
      const startedMs = performance.now();
      if (isHeavy(cell)) heavyRunning++;
      try {
        track ??= await openTrack(index, options);
        keep(await within(CELL_MS_MAX, runScene(track, cell)));
        failuresInRow = 0;
      } catch (error) {
        await track?.close().catch(() => undefined);
        track = undefined;
        if (++failuresInRow >= FAILURES_MAX) throw error;
        const problem = `the harness failed: ${describeError(error)}`;
        if (triedAgain.has(nameOf(cell))) {
          const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
          keep({ cell, seconds, staged: 0, lost: 0, duplicated: 0, problems: [problem] });
        } else {
          say(`       ${nameOf(cell)} is tried again: ${problem}`);
          triedAgain.add(nameOf(cell));
          queue.push(cell);
        }
      } finally {
        if (isHeavy(cell)) heavyRunning--;
      }
    }
  } finally {
    await track?.close().catch(() => undefined);
  }
}

let heavyRunning = 0;

/** Cells with records for several parts of a file come one at a time, or a lease of a second cannot be held. */
function takeNext(queue: SceneCell[]): SceneCell | undefined {
  const index = queue.findIndex((cell) => heavyRunning === 0 || !isHeavy(cell));
  return index < 0 ? undefined : queue.splice(index, 1)[0];
}

const isHeavy = ({ point }: Cell): boolean => isProxyPoint(point);
const hasHeld = (result: KeptResult | undefined): boolean => result?.problems.length === 0;

/** Of the harness itself, one after another on one track: then something is wrong with this machine or the build. */
const FAILURES_MAX = 4;

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the cell did not end within ${ms / 1000} s`)), ms);
  });
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function isWanted(cell: Cell, only: string | undefined): boolean {
  if (only === undefined) return true;
  return only.split(',').some((each) => {
    const [point = '*', kind = '*', seed = '*'] = each.split(':');
    return fits(point, cell.point) && fits(kind, cell.kind) && fits(seed, String(cell.seed));
  });
}

const fits = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`).test(name);

function readResults(code: string): Map<string, KeptResult> {
  const kept = new Map<string, KeptResult>();
  if (!existsSync(resultsFile)) return kept;
  for (const line of readFileSync(resultsFile, 'utf8').split('\n').filter(Boolean)) {
    const result = JSON.parse(line) as KeptResult;
    if (result.code === code) kept.set(nameOf(result.cell), result);
  }
  return kept;
}

function conclude(
  pairs: readonly MatrixPair[],
  cells: readonly Cell[],
  results: readonly KeptResult[],
  tookMs: number,
  commit: string,
): number {
  say('');
  say(`${'point'.padEnd(28)} ${'kind'.padEnd(26)} cells  held  fired  lost  twice  seconds`);
  const groups = Map.groupBy(results, ({ cell }) => `${cell.point.padEnd(28)} ${cell.kind.padEnd(26)}`);
  const sum = (of: readonly KeptResult[], what: (result: KeptResult) => number) =>
    of.reduce((total, each) => total + what(each), 0);
  for (const [name, of] of groups) {
    const columns = [
      of.length,
      of.filter(({ problems }) => problems.length === 0).length,
      of.filter(({ proof }) => proof !== undefined).length,
      sum(of, ({ lost }) => lost),
      sum(of, ({ duplicated }) => duplicated),
      Math.round(sum(of, ({ seconds }) => seconds)),
    ];
    say(
      `${name} ${columns.map((value, index) => String(value).padStart([5, 5, 6, 5, 6, 8][index]!)).join(' ')}`,
    );
  }
  const inapplicable = Map.groupBy(
    pairs.filter(({ reason }) => reason !== undefined),
    ({ reason }) => reason!,
  );
  say('');
  for (const [reason, of] of inapplicable)
    say(`${String(of.length).padStart(4)} pairs inapplicable: ${reason}`);
  const failed = results.filter(({ problems }) => problems.length > 0);
  for (const { cell, problems } of failed) say(`FAILED ${nameOf(cell)}: ${problems[0]}`);
  const facts = {
    commit,
    pairs: pairs.length,
    applicable: pairs.filter(({ reason }) => reason === undefined).length,
    cells: cells.length,
    held: results.length - failed.length,
    fired: results.filter(({ proof }) => proof !== undefined).length,
    staged: sum(results, ({ staged }) => staged),
    lost: sum(results, ({ lost }) => lost),
    duplicated: sum(results, ({ duplicated }) => duplicated),
    cellSeconds: Math.round(sum(results, ({ seconds }) => seconds)),
    seconds: Math.round(tookMs / 1000),
  };
  say(JSON.stringify(facts));
  say(`${facts.held} of ${facts.cells}`);
  return facts.held === facts.cells ? 0 : 1;
}
