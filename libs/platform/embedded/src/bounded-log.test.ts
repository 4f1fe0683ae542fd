import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openBoundedLog } from './bounded-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a log and its predecessor never hold more than twice the bound, and the newest lines are kept', () => {
  const file = join(folder, 'server.log');
  const log = openBoundedLog(file, 1_000);
  for (let line = 0; line < 500; line++) log.write(`line ${line}\n`);
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(bytes).toBeLessThanOrEqual(2_100);
  expect(readFileSync(file, 'utf8') + log.tail()).toContain('line 499');
});
