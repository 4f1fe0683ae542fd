import { runSql, type Stack, type SupervisedProcess } from '@headwater/platform-embedded';
import { nodeArguments, nodeVariables, type FaultOrder } from '@headwater/platform-process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlantedBug } from '@headwater/core-staging';
import type { Fault } from './schedule.ts';

/** A worker process of the faults build, with the fault it is armed with. */
export interface WorkerProcess {
  readonly name: string;
  readonly process: SupervisedProcess;
  readonly fault: Fault | undefined;
  readonly firedFile: string;
}

export interface Workers {
  start(fault: Fault | undefined): Promise<WorkerProcess>;
  /** The process that holds the lane's lease now. */
  owner(): Promise<WorkerProcess | undefined>;
  all(): readonly WorkerProcess[];
  stopAll(): Promise<void>;
}

export interface WorkersOptions {
  readonly stack: Stack;
  readonly databaseUrl: string;
  readonly home: string;
  readonly bundle: string;
  readonly planted: PlantedBug | undefined;
}

export function createWorkers(options: WorkersOptions): Workers {
  const workers: WorkerProcess[] = [];
  let started = 0;
  const alive = () => workers.filter(({ process }) => !process.hasExited());
  return {
    async start(fault) {
      const name = `worker-${++started}`;
      const firedFile = path.join(options.home, `${name}.fired`);
      const worker = { name, fault, firedFile, process: await launch(options, name, fault, firedFile) };
      workers.push(worker);
      return worker;
    },
    async owner() {
      const rows = await runSql(
        options.databaseUrl,
        'SELECT owner FROM lane_lease WHERE lease_until > now()',
      );
      return alive().find(({ name }) => name === rows[0]?.[0]);
    },
    all: alive,
    async stopAll() {
      for (const { process } of alive()) await process.stop();
    },
  };
}

function launch(
  { stack, databaseUrl, bundle, planted }: WorkersOptions,
  name: string,
  fault: Fault | undefined,
  firedFile: string,
): Promise<SupervisedProcess> {
  const controlFile = `${firedFile}.order`;
  writeFileSync(controlFile, JSON.stringify(orderFor(fault)));
  return stack.run({
    name,
    command: process.execPath,
    args: [...nodeArguments, bundle],
    env: {
      PATH: process.env['PATH'],
      ...nodeVariables,
      ...stack.environment,
      DATABASE_URL: databaseUrl,
      HEADWATER_INSECURE: '1',
      HEADWATER_WORKER_NAME: name,
      HEADWATER_HTTP_PORT: '0',
      HEADWATER_FAULT_CONTROL_FILE: controlFile,
      HEADWATER_FAULT_CHECKPOINT_EVERY: '5',
      HEADWATER_FAULT_FIRED_FILE: firedFile,
      HEADWATER_PLANT: planted,
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 15_000,
  });
}

function orderFor(fault: Fault | undefined): FaultOrder {
  const serial = 1;
  if (fault?.kind === 'stop-worker') return { serial, at: fault.at, nth: fault.nth, action: 'stop' };
  return fault?.kind === 'kill-worker' && fault.at !== 'random'
    ? { serial, at: fault.at, nth: fault.nth, action: 'kill' }
    : { serial };
}

/** The line the process wrote right before it fired, or undefined. */
export function firedLine({ firedFile }: WorkerProcess): string | undefined {
  try {
    return readFileSync(firedFile, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Waits for the condition; false when it did not come true in time. */
export async function waitUntil(
  condition: () => Promise<boolean> | boolean,
  withinMs: number,
  everyMs = 100,
): Promise<boolean> {
  const endMs = performance.now() + withinMs;
  while (performance.now() < endMs) {
    if (await condition()) return true;
    await sleep(everyMs);
  }
  return false;
}
