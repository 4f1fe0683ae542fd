import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

interface Run {
  readonly output: () => string;
  readonly exit: Promise<number | null>;
  says(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

function run(behaviour: string): Run {
  const program = join(import.meta.dirname, 'lifetime-program.fixture.ts');
  const child = spawn(process.execPath, [program, behaviour], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    output: () => output,
    exit: new Promise((resolve) => child.once('close', resolve)),
    async says(text) {
      while (!output.includes(text) && child.exitCode === null) await sleep(10);
    },
    signal: (name) => void child.kill(name),
  };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s drains and exits with 0', async (signal) => {
  const program = run('');
  await program.says('started');
  program.signal(signal);
  expect(await program.exit).toBe(0);
  expect(program.output()).toContain('draining everything\ndrained');
});

test('the same signal passed on twice at once is one signal', async () => {
  const program = run('');
  await program.says('started');
  program.signal('SIGINT');
  program.signal('SIGINT');
  expect(await program.exit).toBe(0);
  expect(program.output()).toContain('drained');
});

test('a second signal ends a slow drain at once with 130', async () => {
  const program = run('stop-is-slow');
  await program.says('started');
  program.signal('SIGTERM');
  await program.says('draining');
  await sleep(1_100);
  program.signal('SIGTERM');
  expect(await program.exit).toBe(130);
});

test('a drain that passes its deadline exits with 1', async () => {
  const program = run('stop-hangs');
  await program.says('started');
  program.signal('SIGTERM');
  expect(await program.exit).toBe(1);
  expect(program.output()).toContain('stop passed its deadline');
});

test('a failed start is logged and exits with 1', async () => {
  const program = run('start-fails');
  expect(await program.exit).toBe(1);
  expect(program.output()).toContain('no database');
});

test('an unhandled rejection is logged and exits with 1', async () => {
  const program = run('rejects');
  expect(await program.exit).toBe(1);
  expect(program.output()).toContain('forgotten');
});

test('work that ends by itself is stopped in order and its exit code returned', async () => {
  const program = run('ends');
  expect(await program.exit).toBe(7);
  expect(program.output()).toContain('drained');
});
