import { setTimeout as sleep } from 'node:timers/promises';
import { runSql } from '@headwater/platform-embedded';
import { copyPipeline, drainCopy, median, type PipelineCopy } from '../drain-copies.ts';
import { shapes } from '../engine-shapes.ts';
import { adEventsContract, createQuery, onboard, startApp, type Query } from '../headwater-system.ts';
import { fillTopic } from './fill-topic.ts';
import type { BenchWorld, Section, TableRow } from './table-row.ts';

const RECORDS = 1_000_000;
const ROUNDS = 5;

interface Case {
  readonly name: string;
  /** One record of so many is cut off in the middle: what a producer that died leaves. */
  readonly badEvery: number;
}
interface Share extends Case {
  readonly percent: number;
  /** Times the cost of the clean topic. */
  readonly goal: number;
}
const clean: Case = { name: 'clean', badEvery: Number.POSITIVE_INFINITY };
const shares: readonly Share[] = [
  { name: 'broken-1000', badEvery: 1_000, percent: 0.1, goal: 1.15 },
  { name: 'broken-20', badEvery: 20, percent: 5, goal: 2 },
];
const cases: readonly Case[] = [clean, ...shares];

/** CPU of a warm worker for a topic with broken records against that for a clean one, in turns. */
export const broken: Section = async (world) => {
  const { stack, home, say } = world;
  const controlPlane = await startApp(stack, 'control-plane', { home });
  const query = createQuery(controlPlane.url, home);
  const copies = new Map<Case, readonly PipelineCopy[]>();
  for (const each of cases) copies.set(each, await prepare(world, query, each));
  await controlPlane.process.stop();
  const worker = await startApp(stack, 'staging-worker', { home });
  const drain = async (each: Case, round: number): Promise<number> => {
    const { cpuSeconds } = await drainCopy(stack, worker, copies.get(each)![round]!, RECORDS);
    // What follows the last commit belongs to nobody's figure.
    await sleep(500);
    return cpuSeconds;
  };
  // The first drain of each warms the worker up and is not counted.
  for (const each of cases) await drain(each, 0);
  const rounds: ReadonlyMap<Case, number>[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const costs = new Map<Case, number>();
    for (const each of round % 2 === 0 ? cases : cases.toReversed())
      costs.set(each, await drain(each, round));
    rounds.push(costs);
    say(`  ${cases.map((each) => `${each.name} ${costs.get(each)!.toFixed(2)} CPU s`).join('  ')}`);
  }
  for (const each of cases) await checkRefused(world, each, copies.get(each)!);
  await worker.process.stop();
  return shares.map((share) => toRow(share, rounds));
};

/** Every drain refused exactly the broken records. */
async function checkRefused(
  { stack }: BenchWorld,
  { name, badEvery }: Case,
  copies: readonly PipelineCopy[],
): Promise<void> {
  const ids = copies.map(({ pipelineId }) => `'${pipelineId}'`).join();
  const sums = await runSql(
    stack.databaseUrl,
    `SELECT sum(landed), sum(quarantined) FROM ledger_total WHERE pipeline_id IN (${ids}) GROUP BY pipeline_id`,
  );
  const bad = Math.floor(RECORDS / badEvery);
  const isExact = sums.every((row) => Number(row[0]) === RECORDS - bad && Number(row[1]) === bad);
  if (sums.length !== copies.length || !isExact) {
    throw new Error(
      `${name}: of ${RECORDS} records ${bad} are broken, the ledgers say ${JSON.stringify(sums)}`,
    );
  }
}

/** Each round is compared in itself, because the machine is not the same from round to round. */
function toRow(share: Share, rounds: readonly ReadonlyMap<Case, number>[]): TableRow {
  const ratio = median(rounds.map((costs) => costs.get(share)! / costs.get(clean)!));
  return {
    work: `${share.percent} % bad records`,
    against: 'the clean topic, CPU per record',
    goal: `<= ${share.goal}x`,
    measured: `${ratio.toFixed(2)}x`,
    isReached: ratio <= share.goal,
  };
}

/** A full topic and one paused pipeline per drain. */
async function prepare(
  world: BenchWorld,
  query: Query,
  { name, badEvery }: Case,
): Promise<readonly PipelineCopy[]> {
  const topic = `bench.${name}`;
  await onboard(query, adEventsContract(name), { name: topic, partitions: 6 });
  const copies = await copyPipeline(world.stack, `bench/${name}`, ROUNDS + 1);
  world.say(`filling ${topic} with ${RECORDS.toLocaleString('en')} records`);
  await fillTopic(world, topic, RECORDS, (index) => {
    const record = shapes.ads.record(index);
    return index % badEvery === badEvery - 1 ? record.slice(0, record.length >> 1) : record;
  });
  return copies;
}
