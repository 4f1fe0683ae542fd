// What safety costs, in one run: every part is a bench of its own. See bench/README.md.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { printTable } from './staging-table/print-table.ts';
import type { TableRow } from './staging-table/table-row.ts';

const { values: options } = parseArgs({ options: { kills: { type: 'string', default: '30' } } });

/** Runs a bench with its progress on our stderr; answers the object of its last line. */
async function run<T>(bench: string, ...args: readonly string[]): Promise<T> {
  process.stderr.write(`\n${[bench, ...args].join(' ')}\n`);
  const script = path.join(import.meta.dirname, `${bench}.ts`);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${bench} ended with ${code}`);
  return JSON.parse(output.trim().split('\n').at(-1)!) as T;
}

interface Safety {
  readonly throughputRatio: number;
  readonly coreSecondRatio: number;
}
interface Idle {
  readonly rssMb: number;
  readonly cpuPercent: number;
}
interface Resume {
  readonly p50: number;
  readonly p99: number;
}

const KILLS = ['--kills', options.kills];
const plain = await run<Safety>('safety-cost', '--engine', 'duckdb', '--records', '3000000');
const kernel = await run<Safety>('safety-cost', '--engine', 'kernel', '--records', '3000000');
const lake = await run<{ readonly s3VsDisk: number }>('lake');
const idle = await run<Idle>('idle');
const standby = await run<Resume>('resume', '--mode', 'standby', ...KILLS);
const restart = await run<Resume>('resume', '--mode', 'restart', ...KILLS);

const safetyRow = (engine: string, { throughputRatio, coreSecondRatio }: Safety): TableRow => ({
  work: `intents, fences, ledger and quarantine (${engine} engine)`,
  against: 'a build without them',
  goal: '>= 0.90',
  measured: `${throughputRatio} (${coreSecondRatio} of its rows per core-second)`,
  isReached: throughputRatio >= 0.9,
});
const resumeRow = (who: string, { p50, p99 }: Resume): TableRow => ({
  work: `the next commit after a kill -9, ${options.kills} kills`,
  against: who,
  goal: 'p99 <= 10 s',
  measured: `p99 ${p99} s, p50 ${p50} s`,
  isReached: p99 <= 10,
});
printTable([
  safetyRow('plain', plain),
  safetyRow('kernel', kernel),
  {
    work: 'throughput to S3',
    against: 'to local disk',
    goal: '>= 0.80',
    measured: String(lake.s3VsDisk),
    isReached: lake.s3VsDisk >= 0.8,
  },
  {
    work: '500 idle pipelines in one process',
    against: '-',
    goal: '<= 1024 MB, <= 10 %',
    measured: `${idle.rssMb} MB, ${idle.cpuPercent} % of a core`,
    isReached: idle.rssMb <= 1024 && idle.cpuPercent <= 10,
  },
  resumeRow('a second worker stands by', standby),
  resumeRow('one worker, started again', restart),
]);
process.stdout.write(`${JSON.stringify({ plain, kernel, lake, idle, standby, restart })}\n`);
