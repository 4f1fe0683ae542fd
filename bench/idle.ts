// What idle pipelines cost one worker process. See bench/README.md.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Stack } from '@headwater/platform-embedded';
import { clonePipelines } from './clone-pipelines.ts';
import { adEventsContract, createQuery, onboard, readMetric, startApp } from './headwater-system.ts';
import { readProcessCost } from './process-cost.ts';
import { withStack } from './staging-table/bench-world.ts';

const { values: options } = parseArgs({
  options: {
    pipelines: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
  },
});
const pipelines = Number(options.pipelines);
const seconds = Number(options.seconds);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

process.stdout.write(`${JSON.stringify(await withStack(run))}\n`);

async function run(stack: Stack, home: string): Promise<object> {
  const controlPlane = await startApp(stack, 'control-plane', { home });
  await onboard(createQuery(controlPlane.url, home), adEventsContract(), {
    name: 'bench.ad-events',
    partitions: 1,
  });
  await controlPlane.process.stop();
  await clonePipelines(stack, pipelines, 'bench.idle');
  const began = performance.now();
  const worker = await startApp(stack, 'staging-worker', {
    home,
    env: { STAGING_LANES_MAX: String(pipelines) },
  });
  for (let reported = 0; ;) {
    const running = (await readMetric(worker.url, 'headwater_staging_lanes{state="running"}')) ?? 0;
    if (running >= pipelines) break;
    if (worker.process.hasExited()) throw new Error(worker.process.logTail());
    if (performance.now() - began > reported) {
      say(`  ${running} of ${pipelines} lanes run after ${Math.round((performance.now() - began) / 1000)} s`);
      reported = performance.now() - began + 5_000;
    }
    await sleep(200);
  }
  const heldSeconds = (performance.now() - began) / 1000;
  const takeoverCpuSeconds = readProcessCost(worker.process.pid).cpuSeconds;
  await sleep(10_000);
  const before = readProcessCost(worker.process.pid);
  await sleep(seconds * 1_000);
  const after = readProcessCost(worker.process.pid);
  const cpuPercent = ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100;
  const rssMb = readRssMb(worker.process.pid);
  say(
    `${pipelines} idle pipelines: ${rssMb} MB RSS (peak ${after.rssPeakMb}), ${cpuPercent.toFixed(1)} % of a core, all held after ${heldSeconds.toFixed(1)} s (${takeoverCpuSeconds} CPU s)`,
  );
  await worker.process.stop();
  return {
    pipelines,
    rssMb,
    rssPeakMb: after.rssPeakMb,
    cpuPercent: Number(cpuPercent.toFixed(2)),
    heldSeconds: Number(heldSeconds.toFixed(1)),
    takeoverCpuSeconds,
  };
}

function readRssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
