import { generateAdEvents, generatorOf } from '../ad-event-topic.ts';
import { copyPipeline, drainCopy, median, readProgress, type PipelineCopy } from '../drain-copies.ts';
import { adEventsContract, createQuery, onboard, startApp } from '../headwater-system.ts';
import type { BenchWorld, Section } from './table-row.ts';

const RECORDS = 2_000_000;
const ROUNDS = 3;
const GOAL = 1.6;

/** Two busy lanes on two cores against one. */
export const lanes: Section = async (world) => {
  const { wholeDrain, ratio: whileBusy } = await measureLanes(world, RECORDS);
  const { ratio } = wholeDrain;
  return [
    {
      work: '2 busy lanes on 2 cores',
      against: '1 lane, wall throughput from resumed to landed',
      goal: `>= ${GOAL}x`,
      measured: `${ratio.toFixed(2)}x (${whileBusy.toFixed(2)}x while all are busy)`,
      isReached: ratio >= GOAL,
    },
  ];
};

/** Records per second of each round. */
interface Throughput {
  readonly one: readonly number[];
  readonly two: readonly number[];
  /** Median over the rounds. */
  readonly ratio: number;
}

export interface LaneThroughput extends Throughput {
  readonly records: number;
  /** The same from the resumed pipeline to the last commit: with the wait to be claimed and for the last flush. */
  readonly wholeDrain: Throughput;
}

/**
 * Drains topics of one partition in one worker process: one at a time, then two at the same time. Two figures: the whole
 * drain, in which being claimed and the last flush take two lanes no longer than one, and the time in which all lanes are
 * busy, in which one lane alone already keeps more than one core at work, because judging and writing overlap.
 */
export async function measureLanes(world: BenchWorld, records: number): Promise<LaneThroughput> {
  const { stack, home, say } = world;
  const controlPlane = await startApp(stack, 'control-plane', { home });
  const query = createQuery(controlPlane.url, home);
  const copies: (readonly PipelineCopy[])[] = [];
  for (const name of ['lane-a', 'lane-b']) {
    await onboard(query, adEventsContract(name), { name: `bench.${name}`, partitions: 1 });
    copies.push(await copyPipeline(stack, `bench/${name}`, 2 * ROUNDS + 1));
    say(`filling bench.${name} with ${records.toLocaleString('en')} records`);
    generateAdEvents({ ...generatorOf(world), topic: `bench.${name}`, records });
  }
  await controlPlane.process.stop();
  const worker = await startApp(stack, 'staging-worker', { home });
  const drain = async (...busy: readonly PipelineCopy[]): Promise<Rates> => {
    const drained = await Promise.all(busy.map((copy) => drainCopy(stack, worker, copy, records)));
    const wallSeconds = Math.max(...drained.map((each) => each.wallSeconds));
    return { busy: throughput(busy), whole: Math.round((busy.length * records) / wallSeconds) };
  };
  const turn = (index: number): readonly PipelineCopy[] => copies.map((each) => each[index]!);
  // The first drain warms the threads up and is not counted.
  await drain(...turn(0));
  const rounds: { readonly one: Rates; readonly two: Rates }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await drain(turn(2 * round + 1)[round % 2]!);
    const two = await drain(...turn(2 * round + 2));
    rounds.push({ one, two });
    say(
      `  rows/s while all are busy: 1 lane ${one.busy}, 2 lanes ${two.busy}; whole drain: ${one.whole}, ${two.whole}`,
    );
  }
  await worker.process.stop();
  const of = (kind: keyof Rates): Throughput => ({
    one: rounds.map(({ one }) => one[kind]),
    two: rounds.map(({ two }) => two[kind]),
    ratio: median(rounds.map(({ one, two }) => two[kind] / one[kind])),
  });
  return { records, ...of('busy'), wholeDrain: of('whole') };
}

/** Records per second while all lanes are busy, and of the whole drain. */
interface Rates {
  readonly busy: number;
  readonly whole: number;
}

/** Records per second of all lanes together, from the first commit of each to the last but one of any. */
function throughput(busy: readonly PipelineCopy[]): number {
  const progress = busy.map(readProgress);
  const fromMs = Math.max(...progress.map((each) => each[0]!.atMs));
  const toMs = Math.min(...progress.map((each) => each.at(-2)!.atMs));
  const records = progress.reduce((sum, each) => sum + recordsAt(each, toMs) - recordsAt(each, fromMs), 0);
  return Math.round((records / (toMs - fromMs)) * 1_000);
}

/** Between two commits records come evenly. */
function recordsAt(progress: ReturnType<typeof readProgress>, atMs: number): number {
  const next = progress.findIndex((each) => each.atMs >= atMs);
  const [before, after] = [progress[next - 1], progress[next]!];
  if (before === undefined) return after.records;
  const share = (atMs - before.atMs) / (after.atMs - before.atMs);
  return before.records + share * (after.records - before.records);
}
