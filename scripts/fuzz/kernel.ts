// Fuzzes the columnar kernel against the judge. usage: kernel.ts [--records N] [--record-sets N] [--seed N] [--processes N]
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { fuzzKernel, type FuzzResult } from '../../libs/adapters/parquet/src/fuzz/fuzz-run.test-data.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '5000000' },
    'record-sets': { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    processes: { type: 'string', default: String(availableParallelism()) },
    part: { type: 'boolean', default: false },
  },
});
const processes = Number(values.processes);
const records = Math.ceil(Number(values.records) / processes);
const recordSets = Math.ceil(Number(values['record-sets']) / processes);

if (values.part) {
  const result = fuzzKernel({ seed: Number(values.seed), records, recordSets });
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ ...result, rssMb })}\n`);
} else {
  const parts = await Promise.all(Array.from({ length: processes }, (_, index) => runPart(index)));
  const sum = (of: (part: FuzzResult) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const summary = {
    seed: Number(values.seed),
    records: sum((part) => part.records),
    recordSets: sum((part) => part.recordSets),
    accepted: sum((part) => part.accepted),
    unproven: sum((part) => part.unproven),
    wrong: sum((part) => part.wrong),
    traps: sum((part) => part.traps),
    kernelMemoryMb: Math.round(Math.max(...parts.map((part) => part.memoryBytesMax)) / (1 << 20)),
    rssMb: Math.max(...parts.map((part) => part.rssMb)),
  };
  for (const example of parts.flatMap((part) => part.examples)) console.error(example);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = summary.wrong === 0 && summary.traps === 0 ? 0 : 1;
}

/** One process with a seed of its own; it crashes alone, and then the run has failed. */
async function runPart(index: number): Promise<FuzzResult & { readonly rssMb: number }> {
  const seed = Number(values.seed) + index;
  const args = [
    import.meta.filename,
    '--part',
    ...['--processes', values.processes, '--records', values.records],
    ...['--record-sets', values['record-sets'], '--seed', String(seed)],
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`part ${index} (seed ${seed}) ended with code ${code}`);
  return JSON.parse(output) as FuzzResult & { readonly rssMb: number };
}
