import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identifyProcess, isRunning } from './process-identity.ts';

test('a running process is recognised, and no longer once it ended', async () => {
  const child = spawn('sleep', ['60']);
  const identity = identifyProcess(child.pid ?? 0);
  expect(identity !== undefined && isRunning(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(identity !== undefined && isRunning(identity)).toBe(false);
});

test('a later process with the same pid is another one', () => {
  const own = identifyProcess(process.pid);
  expect(isRunning({ pid: process.pid, startTime: `earlier than ${own?.startTime}` })).toBe(false);
});
