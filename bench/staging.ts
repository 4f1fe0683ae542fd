// Drains a topic of ad events through a staging worker with everything on; with --rivals the whole table. See bench/README.md.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { summariseCpuProfile } from './cpu-profile.ts';
import { runAds, toRows, type AdsRun } from './staging-table/ads-section.ts';
import { withBenchWorld } from './staging-table/bench-world.ts';
import { broken } from './staging-table/broken-section.ts';
import { freshness } from './staging-table/freshness-section.ts';
import { lanes } from './staging-table/lanes-section.ts';
import type { Drained } from './staging-table/drain-product.ts';
import { shapes } from './staging-table/shapes-section.ts';
import { printTable } from './staging-table/print-table.ts';
import type { Section, TableRow } from './staging-table/table-row.ts';

const sections: Readonly<Record<string, Section>> = {
  shapes,
  broken,
  freshness,
  lanes,
};

const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '5000000' },
    rivals: { type: 'boolean', default: false },
    only: { type: 'string', default: ['ads', ...Object.keys(sections)].join() },
    profile: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'auto' },
    help: { type: 'boolean', default: false },
  },
});
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const runAdEvents = (withRivals: boolean, nodeArgs: readonly string[] = []): Promise<AdsRun> =>
  withBenchWorld((world) =>
    runAds(world, { records: Number(options.records), engine: options.engine, nodeArgs, withRivals }),
  );

async function runAlone(): Promise<object> {
  if (!options.profile) return figuresOf(await runAdEvents(false));
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-profile-'));
  try {
    const run = await runAdEvents(false, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
    printProfile(run, folder);
    return figuresOf(run);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printProfile({ headwater }: AdsRun, folder: string): void {
  const line = (seconds: number, name: string): void => {
    say(`    ${seconds.toFixed(2).padStart(7)}  ${name}`);
  };
  say('  CPU seconds by thread:');
  for (const { name, seconds } of headwater.threads) line(seconds, name);
  for (const file of readdirSync(folder)) {
    say('  where a JavaScript thread spent its time, seconds of self time:');
    for (const { name, seconds } of summariseCpuProfile(path.join(folder, file), 25)) line(seconds, name);
  }
}

function figuresOf({ records, headwater: { threads: _threads, ...headwater }, rivals }: AdsRun): object {
  return { records, ...headwater, ...rivals };
}

/** Every section on a stack of its own, then the table; the last line is that of the ad events. */
async function runTable(): Promise<object> {
  const chosen = options.only.split(',');
  const unknown = chosen.filter((name) => name !== 'ads' && sections[name] === undefined);
  if (unknown.length > 0)
    throw new Error(
      `--only: there is no ${unknown.join()}; there are ads, ${Object.keys(sections).join(', ')}`,
    );
  const run = chosen.includes('ads') ? await runAdEvents(true) : undefined;
  const rows: TableRow[] = run === undefined ? [] : [...toRows(run)];
  for (const [name, section] of Object.entries(sections)) {
    if (chosen.includes(name)) rows.push(...(await withBenchWorld(section)));
  }
  printTable(rows);
  if (run?.rivals === undefined) return { rows };
  const { headwater, rivals } = run;
  say(JSON.stringify(figuresOf(run)));
  const ratio = (rival: Drained): number =>
    Number((headwater.rowsPerCoreSecond / rival.rowsPerCoreSecond).toFixed(2));
  return {
    vsSpark: ratio(rivals.spark),
    vsByHand: ratio(rivals.byHand),
    rowsPerCoreSecond: headwater.rowsPerCoreSecond,
    rssMb: headwater.rssPeakMb,
  };
}

if (options.help) say(readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8'));
else process.stdout.write(`${JSON.stringify(options.rivals ? await runTable() : await runAlone())}\n`);
