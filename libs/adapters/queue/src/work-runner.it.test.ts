import { randomUUID } from 'node:crypto';
import { expect, inject, test, vi } from 'vitest';
import type { ClaimedWork, Job, RunJob, WorkFailure, WorkItems } from '@headwater/core-jobs';
import { operationalError, silentLogger } from '@headwater/kernel';
import { uniqueName } from '@headwater/testkit';
import { createDoorbell } from './doorbell.ts';
import { startWorkRunner } from './work-runner.ts';

const logger = silentLogger;
const soon = { timeout: 20_000, interval: 20 };

interface MemoryItem {
  readonly job: Job;
  state: 'waiting' | 'running' | 'done' | 'failed';
  attempt: number;
  fence: bigint;
  renewable: boolean;
  failure?: WorkFailure;
}

/** Work items in memory: the runner is tested here, the leases of Postgres where they are kept. */
function memoryWork() {
  const items = new Map<string, MemoryItem>();
  const holds = ({ id, fence }: ClaimedWork): MemoryItem | undefined => {
    const item = items.get(id);
    return item?.state === 'running' && item.fence === fence ? item : undefined;
  };
  const work: WorkItems = {
    add(job) {
      const id = randomUUID();
      items.set(id, { job, state: 'waiting', attempt: 0, fence: 0n, renewable: true });
      return Promise.resolve(id);
    },
    due: () => Promise.resolve([...items].filter(([, { state }]) => state === 'waiting').map(([id]) => id)),
    claim(_queue, _owner, _ttl, workId = '') {
      const item = items.get(workId);
      if (item?.state !== 'waiting') return Promise.resolve(undefined);
      item.state = 'running';
      item.attempt += 1;
      item.fence += 1n;
      return Promise.resolve({ id: workId, job: item.job, attempt: item.attempt, fence: item.fence });
    },
    renew: (claimed) => Promise.resolve(holds(claimed)?.renewable === true),
    complete(claimed) {
      const item = holds(claimed);
      if (item !== undefined) item.state = 'done';
      return Promise.resolve(item !== undefined);
    },
    fail(claimed, _owner, failure) {
      const item = holds(claimed);
      if (item === undefined) return Promise.resolve(false);
      item.failure = failure;
      item.state = failure.retryInMs === undefined ? 'failed' : 'waiting';
      return Promise.resolve(true);
    },
    status: () => Promise.resolve(undefined),
    prune: () => Promise.resolve(0),
  };
  return { work, items };
}

const planJob = (): Job => ({ name: 'plan-retention', payload: { productId: randomUUID() } });

async function startRunner(runJob: RunJob, leaseMs = 15_000) {
  const { work, items } = memoryWork();
  const doorbell = await createDoorbell({
    redisUrl: inject('stack').redisUrl,
    logger,
    prefix: uniqueName('bell'),
  });
  const runner = startWorkRunner({
    queue: 'retention',
    work,
    doorbell,
    runJob,
    owner: 'test',
    logger,
    leaseMs,
    sweepIntervalMs: 100,
  });
  const stop = async () => {
    await runner.close();
    await doorbell.close();
  };
  return { work, items, doorbell, runner, stop };
}

test('work that nobody rang for is found by the sweep and done once', async () => {
  const done: string[] = [];
  const { work, items, stop } = await startRunner(async (job) => void done.push(job.payload.productId));
  const jobs = Array.from({ length: 10 }, planJob);
  for (const job of jobs) await work.add(job);
  await vi.waitFor(() => expect([...items.values()].every(({ state }) => state === 'done')).toBe(true), soon);
  expect(done.sort()).toEqual(jobs.map(({ payload }) => payload.productId).sort());
  await stop();
});

test('an outage is tried again, a bug in the payload is not', async () => {
  let tries = 0;
  const { work, items, stop } = await startRunner(() => {
    tries += 1;
    return tries < 3
      ? Promise.reject(operationalError({ code: 'HW_DOWN', message: 'down', canRetry: true }))
      : Promise.resolve();
  });
  const id = await work.add(planJob());
  await vi.waitFor(() => expect(items.get(id)?.state).toBe('done'), soon);
  expect(items.get(id)).toMatchObject({ attempt: 3, failure: { code: 'HW_DOWN' } });
  await stop();
});

test('[I7] a handler whose lease is lost is told so before anybody else can hold its work', async () => {
  let told: AbortSignal | undefined;
  const { work, items, stop } = await startRunner(async (_job, { signal }) => {
    told = signal;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    throw new Error('lost');
  }, 300);
  const id = await work.add(planJob());
  await vi.waitFor(() => expect(items.get(id)?.state).toBe('running'), soon);
  const item = items.get(id);
  if (item !== undefined) item.renewable = false;
  await vi.waitFor(() => expect(told?.aborted).toBe(true), soon);
  await stop();
});

test('close stops the handlers and gives their work back', async () => {
  const { work, items, runner, stop } = await startRunner(async (_job, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    signal.throwIfAborted();
  });
  const id = await work.add(planJob());
  await vi.waitFor(() => expect(runner.running()).toBe(1), soon);
  await stop();
  expect(items.get(id)).toMatchObject({ state: 'waiting', failure: { code: 'HW_JOB_STOPPED' } });
});
