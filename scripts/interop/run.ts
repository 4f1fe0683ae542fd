// npm run interop [-- --quick]: delta-rs and DuckDB read every table that the tests and the scenarios here wrote.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCacheDir } from '@headwater/testkit';
import { compareRewritten } from './compare-rewritten.ts';
import { describeTables } from './describe-tables.ts';
import { preparePython } from './python.ts';
import { writeTables } from './write-tables.ts';

const root = join(import.meta.dirname, '..', '..');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const isQuick = process.argv.includes('--quick');

const python = preparePython(testCacheDir());
if (python.kind === 'missing') {
  process.stdout.write(
    `SKIPPED: the other engines are Python packages, and ${python.why}. Nothing was compared.\n` +
      'Fix: install Python 3.10 or newer with venv and pip, allow pypi.org, and run npm run interop again.\n',
  );
} else {
  process.exitCode = await compare(python.command);
}

async function compare(command: string): Promise<number> {
  const work = mkdtempSync(join(tmpdir(), 'headwater-interop-'));
  const kept = join(work, 'tables');
  mkdirSync(kept);
  process.env['HEADWATER_KEEP_TABLES_DIR'] = kept;
  try {
    await writeTables();
    if (!isQuick && runTests(kept) !== 0) return 1;
    const reports = await describeTables(kept);
    process.stdout.write(`${reports.length} tables written; other engines read them now\n`);
    const outcome = spawnSync(command, [join(import.meta.dirname, 'read_tables.py'), kept], {
      stdio: 'inherit',
    });
    if (outcome.status !== 0) return outcome.status ?? 1;
    const rewriting = spawnSync(command, [join(import.meta.dirname, 'rewrite_tables.py'), kept], {
      stdio: 'inherit',
    });
    if (rewriting.status !== 0) return rewriting.status ?? 1;
    const changed = compareRewritten(reports, await describeTables(kept, '.rewritten'));
    for (const sentence of changed) process.stdout.write(`FAILED ${sentence}\n`);
    const rewritten = JSON.parse(readFileSync(join(kept, 'rewritten.json'), 'utf8')) as string[];
    process.stdout.write(
      `${rewritten.length} tables compacted, checkpointed and vacuumed by delta-rs; ${changed.length} changed\n`,
    );
    return changed.length === 0 ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The tests that write tables, run again with the tables kept; their own verdict counts too. */
function runTests(kept: string): number {
  const selections = [
    ['--project', 'unit', 'libs/adapters/parquet/src/table-replay', 'libs/adapters/parquet/src/table-commit'],
    ['--project', 'integration', 'apps/staging-worker'],
  ];
  for (const selection of selections) {
    const run = spawnSync(process.execPath, [vitest, 'run', '--reporter=dot', ...selection], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, HEADWATER_KEEP_TABLES_DIR: kept },
    });
    if (run.status !== 0) return run.status ?? 1;
  }
  return 0;
}
