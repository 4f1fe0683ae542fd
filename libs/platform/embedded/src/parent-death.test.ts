import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { canFollowParentDeath, wrapCommand } from './parent-death.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-closed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nobody = { uid: 65_534, gid: 65_534 };

describe.runIf(process.getuid?.() === 0 && canFollowParentDeath())(
  'a server that root starts as another user',
  () => {
    const script = join(folder, 'script');
    writeFileSync(script, 'inside\n');
    chmodSync(script, 0o711);
    chmodSync(folder, 0o700);
    const look = { command: 'sh', args: ['-c', 'id -u; test -x "$0" && cat "$0"', script] };

    function run(needsFilePermissions: boolean, signal: 'SIGINT' | undefined): string {
      const runAs = { ...nobody, needsFilePermissions };
      const { command, args } = wrapCommand({ ...look, runAs }, signal);
      return execFileSync(command, args, { encoding: 'utf8', cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
    }

    test.each(['SIGINT', undefined] as const)('enters closed folders with the right to (%s)', (signal) => {
      expect(run(true, signal)).toBe('65534\ninside\n');
    });

    test('does not without', () => {
      expect(() => run(false, 'SIGINT')).toThrow();
    });
  },
);
