import { runSql, type Stack } from '@headwater/platform-embedded';
import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Oracle, Standing } from './oracle.ts';
import { describeFault, type Fault } from './schedule.ts';
import { firedLine, waitUntil, type WorkerProcess, type Workers } from './workers.ts';

/** How one fault went. `resumedMs`: from the fault to the next batch in Postgres's mirror. */
export interface FaultOutcome {
  readonly fault: Fault;
  /** What proves that the fault fired; undefined means that it did not. */
  readonly proof: string | undefined;
  readonly resumedMs: number | undefined;
  readonly standing: Standing;
}

export interface Campaign {
  readonly stack: Stack;
  readonly databaseUrl: string;
  readonly workers: Workers;
  readonly oracle: Oracle;
}

type WorkerFault = Extract<Fault, { kind: 'kill-worker' | 'stop-worker' }>;
type ServerFault = Exclude<Fault, WorkerFault>;
const isWorkerFault = (fault: Fault): fault is WorkerFault =>
  fault.kind === 'kill-worker' || fault.kind === 'stop-worker';

const STARTS_WITHIN_MS = 20_000;
const OWNS_WITHIN_MS = 30_000;
const FIRES_WITHIN_MS = 45_000;
const RESUMES_WITHIN_MS = 45_000;

/** Runs the faults in order; each is yielded when staging has resumed and the tables were looked at. */
export async function* runFaults(
  campaign: Campaign,
  schedule: readonly Fault[],
): AsyncGenerator<FaultOutcome> {
  // Between two faults the owner is a calm worker; a worker that is to die or stop takes the lane over from it.
  let owner = await campaign.workers.start(undefined);
  let standby: Promise<WorkerProcess> | undefined;
  await requireOwner(campaign, owner);
  for (const [index, fault] of schedule.entries()) {
    const done = isWorkerFault(fault)
      ? await endWorker(campaign, owner, fault, await (standby ?? startStandby(campaign, fault)))
      : { ...(await hitServer(campaign, fault)), heir: owner };
    owner = done.heir;
    const before = await progress(campaign);
    const resumed = await waitUntil(async () => (await progress(campaign)) > before, RESUMES_WITHIN_MS);
    const resumedMs = resumed ? Math.round(performance.now() - done.atMs) : undefined;
    // The next worker starts while the tables are looked at, but never stands by while a server is hit.
    const next = schedule[index + 1];
    standby = next !== undefined && isWorkerFault(next) ? startStandby(campaign, next) : undefined;
    yield { fault, proof: done.proof, resumedMs, standing: await campaign.oracle.look() };
  }
}

interface Done {
  readonly proof: string | undefined;
  /** Monotonic milliseconds when the fault fired. */
  readonly atMs: number;
}

async function hitServer(campaign: Campaign, fault: ServerFault): Promise<Done> {
  await sleep(fault.afterMs);
  const atMs = performance.now();
  return {
    atMs,
    proof: fault.kind === 'kill-broker' ? await killBroker(campaign) : await flushRedis(campaign),
  };
}

/** The heir of a worker that is killed at random, or the worker that will end at its point. */
const startStandby = ({ workers }: Campaign, fault: WorkerFault): Promise<WorkerProcess> =>
  workers.start(fault.at === 'random' ? undefined : fault);

interface Succession extends Done {
  readonly heir: WorkerProcess;
}

const endWorker = (
  campaign: Campaign,
  owner: WorkerProcess,
  fault: WorkerFault,
  standby: WorkerProcess,
): Promise<Succession> =>
  fault.kind === 'kill-worker' && fault.at === 'random'
    ? killAtRandom(campaign, owner, standby, fault.afterMs)
    : endAtPoint(campaign, owner, standby, fault);

async function killAtRandom(
  campaign: Campaign,
  owner: WorkerProcess,
  heir: WorkerProcess,
  afterMs: number,
): Promise<Succession> {
  const before = await progress(campaign);
  await waitUntil(async () => (await progress(campaign)) > before, RESUMES_WITHIN_MS);
  await sleep(afterMs);
  const wasOwner = (await campaign.workers.owner()) === owner;
  const atMs = performance.now();
  await owner.process.kill();
  const { signal } = await owner.process.exited;
  const proof =
    wasOwner && signal === 'SIGKILL' ? `${owner.name} owned the lane and ended by ${signal}` : undefined;
  return { proof, atMs, heir };
}

async function endAtPoint(
  campaign: Campaign,
  owner: WorkerProcess,
  doomed: WorkerProcess,
  fault: WorkerFault,
): Promise<Succession> {
  await waitUntil(() => doomed.process.logTail().includes('listening'), STARTS_WITHIN_MS);
  await owner.process.stop();
  await requireOwner(campaign, doomed);
  const heir = await campaign.workers.start(undefined);
  await waitUntil(() => firedLine(doomed) !== undefined, FIRES_WITHIN_MS);
  const atMs = performance.now();
  const line = firedLine(doomed);
  if (line === undefined) return { proof: undefined, atMs, heir };
  if (fault.kind === 'stop-worker') {
    return { proof: await wakeZombie(campaign, doomed, heir, line), atMs, heir };
  }
  const { signal } = await doomed.process.exited;
  return { proof: signal === 'SIGKILL' ? line : undefined, atMs, heir };
}

async function requireOwner({ workers }: Campaign, wanted: WorkerProcess): Promise<void> {
  const owns = await waitUntil(
    async () => firedLine(wanted) !== undefined || (await workers.owner()) === wanted,
    OWNS_WITHIN_MS,
  );
  if (!owns) throw new Error(`${wanted.name} did not take the lane over: ${wanted.process.logTail()}`);
}

/** Lets the heir take over and commit, wakes the sleeper in the middle of its commit, and gives it time to do harm. */
async function wakeZombie(
  campaign: Campaign,
  zombie: WorkerProcess,
  heir: WorkerProcess,
  line: string,
): Promise<string | undefined> {
  const before = await progress(campaign);
  const tookOver = await waitUntil(
    async () =>
      heir.process.hasExited() ||
      ((await campaign.workers.owner()) === heir && (await progress(campaign)) > before),
    RESUMES_WITHIN_MS,
  );
  process.kill(zombie.process.pid, 'SIGCONT');
  await sleep(2_000);
  await zombie.process.stop();
  return tookOver ? `${line}, woken after its heir committed` : undefined;
}

async function killBroker({ stack }: Campaign): Promise<string | undefined> {
  const before = stack.kafka.pid();
  await stack.kafka.kill();
  const isGone = stack.kafka.pid() === undefined;
  await stack.kafka.start();
  const after = stack.kafka.pid();
  return isGone && before !== after ? `broker ${before} ended, ${after} serves` : undefined;
}

async function flushRedis({ stack }: Campaign): Promise<string | undefined> {
  const redis = new Redis(stack.redisUrl);
  try {
    await redis.set('fault-harness:canary', '1');
    await redis.flushall();
    return (await redis.get('fault-harness:canary')) === null ? 'the canary key is gone' : undefined;
  } finally {
    redis.disconnect();
  }
}

/** Sum of the next offsets that Postgres mirrors. */
async function progress({ databaseUrl }: Campaign): Promise<bigint> {
  const rows = await runSql(databaseUrl, 'SELECT coalesce(sum(next_offset), 0)::text FROM ledger_total');
  return BigInt(rows[0]?.[0] ?? 0);
}

/** One line for a person: what was done, the proof, how long staging paused, and how the tables stand. */
export function describeOutcome({ fault, proof, resumedMs, standing }: FaultOutcome): string {
  const resumed =
    resumedMs === undefined ? 'did not resume' : `resumed after ${(resumedMs / 1000).toFixed(1)} s`;
  const { staged, lost, duplicated } = standing;
  return `${describeFault(fault)} | ${proof ?? 'DID NOT FIRE'} | ${resumed} | staged ${staged}, lost ${lost}, duplicated ${duplicated}`;
}
