import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { inRoot } from './paths.mjs';
import { say } from './progress.mjs';
import { Problem } from './problem.mjs';

const waitMsMax = 20 * 60_000;

/** Runs `work` while no other terminal sets up the same folder. */
export async function withSetupLock(work) {
  const file = inRoot('.cache', 'setup.lock');
  mkdirSync(path.dirname(file), { recursive: true });
  const end = Date.now() + waitMsMax;
  for (let hasSaid = false; !tryLock(file); hasSaid = true) {
    if (!hasSaid) say('another Headwater command sets up this folder; waiting for it');
    if (Date.now() > end)
      throw new Problem(
        `Another set-up holds ${file} for more than 20 minutes.`,
        'End it, or delete that file.',
      );
    await sleep(300);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    if (holder !== process.pid && isAlive(holder)) return false;
    rmSync(file, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return tryLock(file);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
