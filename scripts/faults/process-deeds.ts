import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { whileHeld, type Deed } from './deed.ts';
import { untilStopped, wake } from './process-state.ts';
import { LEASE_MS } from './track.ts';

export const killWorker: Deed = {
  action: 'kill',
  endsProcess: true,
  outcome: 'drained',
  async do({ doomed }) {
    const { signal } = await doomed.process.exited;
    return signal === 'SIGKILL' ? `${doomed.name} ended by ${signal}` : undefined;
  },
};

export const stopWorker: Deed = {
  action: 'stop',
  endsProcess: true,
  outcome: 'drained',
  async do({ doomed, random }) {
    const { pid } = doomed.process;
    const { isStopped, words } = await untilStopped(pid);
    await sleep(LEASE_MS * (2 + random()));
    const hasSlept = wake(pid);
    await sleep(700);
    if (isStopped && hasSlept) return `${words}, woken after more than 2 leases`;
    process.stdout.write(`       ${doomed.name} did not sleep: ${words}\n`);
    return undefined;
  },
};

export const outOfMemory: Deed = {
  action: 'exhaust-memory',
  endsProcess: true,
  outcome: 'drained',
  async do({ doomed }) {
    const { signal, code } = await doomed.process.exited;
    return signal === 'SIGABRT' || code === 134
      ? 'the heap was exhausted and the runtime aborted'
      : undefined;
  },
};

const FULL_MS = 1_200;

/** Fills the small file system to its last byte, lets the worker run into it, and makes room again. */
export const diskFull: Deed = {
  action: 'hold',
  endsProcess: false,
  outcome: 'drained',
  async do({ track, doomed }) {
    const ballast = path.join(track.smallDisk ?? '', 'ballast');
    const file = openSync(ballast, 'w');
    let proof: string | undefined;
    try {
      const block = Buffer.alloc(1 << 16);
      for (let size = block.length; size >= 1;) {
        try {
          if (writeSync(file, block, 0, size) < size) size = Math.floor(size / 2);
        } catch (error) {
          proof = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'ENOSPC for every writer' : undefined;
          size = Math.floor(size / 2);
        }
      }
      doomed.release();
      await sleep(FULL_MS);
    } finally {
      closeSync(file);
      rmSync(ballast, { force: true });
    }
    return proof;
  },
};

export const clockJump: Deed = {
  action: 'pass',
  clockMs: (seed) => (seed % 2 === 0 ? -1 : 1) * 3_600_000,
  endsProcess: false,
  outcome: 'drained',
  async do({ doomed }) {
    // Long enough for the lease to be renewed by the new time.
    await sleep(LEASE_MS / 2);
    return doomed.lines().at(-1);
  },
};

/** Kills the control plane of the track with -9; the next cell that needs one starts it again. */
export const killApi: Deed = {
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed }) {
    const api = await track.controlPlane();
    await api.process.kill();
    const { signal } = await api.process.exited;
    doomed.release();
    return signal === 'SIGKILL' ? `${api.name} ended by ${signal}` : undefined;
  },
};
