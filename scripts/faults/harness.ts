import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { createPostgres } from '@headwater/adapter-postgres';
import type { PipelineSpec, PlantedBug } from '@headwater/core-staging';
import { silentLogger } from '@headwater/kernel';
import { runSql, startStack, type Stack } from '@headwater/platform-embedded';
import {
  column,
  contractOf,
  createTestHome,
  environmentWithoutParts,
  testCacheDir,
} from '@headwater/testkit';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { balance } from '../../apps/cli/src/balance/balance.ts';
import { storePipeline } from '../../apps/staging-worker/src/store-pipeline.test-data.ts';
import { describeOutcome, runFaults, type Campaign, type FaultOutcome } from './campaign.ts';
import { startLoad, type Load } from './load.ts';
import { openOracle } from './oracle.ts';
import { bringForward, createRandom, planSchedule, type ScheduleSize } from './schedule.ts';
import { createWorkers, waitUntil } from './workers.ts';

export interface HarnessOptions {
  readonly seed: number;
  readonly planted: PlantedBug | undefined;
  readonly size: ScheduleSize;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const PARTITIONS = 6;
const DRAINS_WITHIN_MS = 90_000;

/** 0 when every fault fired, nothing was lost or doubled and the ledger balances; 1 otherwise. */
export async function runHarness({ seed, planted, size }: HarnessOptions): Promise<number> {
  const startedMs = performance.now();
  const home = createTestHome();
  say(`seed ${seed}${planted === undefined ? '' : `, planted bug ${planted}`}; starting servers`);
  const stack = await startStack({
    home,
    cacheDir: testCacheDir(),
    env: environmentWithoutParts(),
    onProgress: () => undefined,
  });
  const finish = async () => {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  };
  const interrupted = () => void finish().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const verdict = await runCampaign(stack, home, { seed, planted, size });
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    say('');
    for (const line of verdict.summary) say(line);
    say(
      `${verdict.problems.length === 0 ? 'PASSED' : 'FAILED'} in ${seconds} s, seed ${seed}: ${verdict.problems.length === 0 ? '0 lost, 0 duplicated, ledger balanced, every fault fired' : verdict.problems[0]}`,
    );
    return verdict.problems.length === 0 ? 0 : 1;
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await finish();
  }
}

interface Verdict {
  readonly problems: readonly string[];
  readonly summary: readonly string[];
}

async function runCampaign(stack: Stack, home: string, options: HarnessOptions): Promise<Verdict> {
  const pipeline = await prepareProduct(stack);
  const settings = { bootstrapServers: stack.kafkaBootstrapServers.split(',') };
  const workers = createWorkers({
    stack,
    databaseUrl: stack.databaseUrl,
    home,
    bundle: path.resolve(import.meta.dirname, '../../dist/faults/staging-worker.mjs'),
    planted: options.planted,
  });
  const oracle = await openOracle(pipeline);
  const campaign: Campaign = { stack, databaseUrl: stack.databaseUrl, workers, oracle };
  const load = startLoad(settings, pipeline.topic, createRandom(options.seed + 1));
  const schedule = bringForward(planSchedule(options.seed, options.size), options.planted);
  const outcomes: FaultOutcome[] = [];
  let problem: string | undefined;
  try {
    for await (const outcome of runFaults(campaign, schedule)) {
      outcomes.push(outcome);
      say(`[${String(outcomes.length).padStart(2)}/${schedule.length}] ${describeOutcome(outcome)}`);
      problem = judgeOutcome(outcome);
      if (problem !== undefined) break;
    }
    if (problem !== undefined) return summarise(outcomes, [problem], load);
    return await closeBooks(campaign, pipeline, load, outcomes);
  } finally {
    await load.stop();
    await workers.stopAll();
    oracle.close();
  }
}

function judgeOutcome({ proof, resumedMs, standing }: FaultOutcome): string | undefined {
  if (standing.lost > 0n) return `${standing.lost} records lost below the committed positions`;
  if (standing.duplicated > 0n) return `${standing.duplicated} rows are there twice`;
  if (proof === undefined) return 'a fault did not fire';
  return resumedMs === undefined ? 'staging did not resume' : undefined;
}

/** Stops the load, lets staging reach the end, and has another client join the whole topic with both tables. */
async function closeBooks(
  campaign: Campaign,
  pipeline: PipelineSpec,
  load: Load,
  outcomes: readonly FaultOutcome[],
): Promise<Verdict> {
  await load.stop();
  const settings = { bootstrapServers: campaign.stack.kafkaBootstrapServers.split(',') };
  const problems: string[] = [];
  if (!(await drained(campaign, pipeline))) problems.push('staging did not reach the end of the topic');
  await campaign.workers.stopAll();
  say('reading the topic with another client and joining it with both tables');
  const sheet = await balance({
    settings,
    topic: pipeline.topic,
    topicId: pipeline.topicId,
    tableUrl: pipeline.tableUrl,
    quarantineUrl: pipeline.quarantineUrl,
    contract: pipeline.contract,
    acknowledged: load.acknowledged(),
  });
  if (!sheet.isBalanced) {
    problems.push(
      `the balance is off: ${JSON.stringify({ ...sheet, examples: sheet.examples.slice(0, 3) })}`,
    );
  }
  problems.push(...(await campaign.oracle.judgeLedger()), ...(await judgeMirror(campaign, sheet.produced)));
  const verdict = summarise(outcomes, problems, load);
  const { produced, landed, quarantined, lost, duplicated } = sheet;
  return {
    ...verdict,
    summary: [
      ...verdict.summary,
      `balance ${JSON.stringify({ produced, landed, quarantined, lost, duplicated })}`,
    ],
  };
}

async function drained(campaign: Campaign, pipeline: PipelineSpec): Promise<boolean> {
  const settings = { bootstrapServers: campaign.stack.kafkaBootstrapServers.split(',') };
  const admin = createKafkaAdmin({ settings });
  try {
    const ends = await admin.offsetsAt(pipeline.topic, { kind: 'latest' });
    return await waitUntil(async () => {
      const { nextOffsets } = await campaign.oracle.look();
      await sleep(500);
      return [...ends].every(([partition, end]) => end === 0n || nextOffsets.get(partition) === end);
    }, DRAINS_WITHIN_MS);
  } finally {
    await admin.close();
  }
}

/** The ledger in Postgres adds up to what the topic holds. */
async function judgeMirror({ databaseUrl }: Campaign, produced: number): Promise<readonly string[]> {
  const rows = await runSql(
    databaseUrl,
    'SELECT sum(next_offset - first_offset)::text, sum(landed + quarantined + tombstones + control + aborted)::text FROM ledger_total',
  );
  const [offsets, accounted] = [Number(rows[0]?.[0]), Number(rows[0]?.[1])];
  return offsets === produced && accounted === produced
    ? []
    : [`Postgres accounts for ${accounted} of ${offsets} offsets, the topic holds ${produced}`];
}

function summarise(outcomes: readonly FaultOutcome[], problems: readonly string[], load: Load): Verdict {
  const kinds = new Map<string, number>();
  for (const { fault } of outcomes) kinds.set(fault.kind, (kinds.get(fault.kind) ?? 0) + 1);
  const resumed = outcomes.flatMap(({ fault, resumedMs }) =>
    fault.kind === 'kill-worker' && resumedMs !== undefined ? [resumedMs] : [],
  );
  const sorted = resumed.toSorted((a, b) => a - b);
  const at = (share: number) =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / 1000).toFixed(1);
  return {
    problems,
    summary: [
      `faults ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')}; ${load.producedCount()} records sent`,
      `progress after a killed worker: median ${at(0.5)} s, p99 ${at(0.99)} s`,
    ],
  };
}

const required = { required: true };
const contract = contractOf(
  [
    column('event_id', { kind: 'string' }, required),
    column('timestamp', { kind: 'timestamp' }, required),
    column('user_id', { kind: 'string' }, required),
    column(
      'event_type',
      { kind: 'string' },
      { ...required, rules: [{ rule: 'enum', values: ['impression', 'click', 'conversion'] }] },
    ),
    column('revenue', { kind: 'double' }, required),
  ],
  { contractId: 'ad-events', keyColumns: ['event_id'] },
);

async function prepareProduct(stack: Stack): Promise<PipelineSpec> {
  const admin = createKafkaAdmin({ settings: { bootstrapServers: stack.kafkaBootstrapServers.split(',') } });
  const postgres = await createPostgres({
    databaseUrl: stack.databaseUrl,
    applicationName: 'fault-harness',
    logger: silentLogger,
  });
  try {
    const topic = 'ads.ad-events';
    await admin.createTopic({ name: topic, partitions: PARTITIONS, replicationFactor: 1, configs: {} });
    const [described] = await admin.describeTopics([topic]);
    const { pipeline } = await storePipeline(postgres, {
      domain: 'ads',
      name: 'ad-events',
      topic,
      topicId: described!.topicId,
      tableUrl: `${stack.lakeUrl}/ads/ad-events`,
      contract,
      flushIntervalMs: 1_000,
    });
    return pipeline;
  } finally {
    await postgres.close();
    await admin.close();
  }
}
