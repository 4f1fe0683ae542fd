// npm run faults -- --matrix [--only point:kind[:seed],...] [--fresh] [--seeds N] [--tracks N]
//                   --planted [--only bug,...] [--seed N]   --soak 20m --rate 5000   --zombie 200
//                   [--quick] [--seed N] [--plant bug] [--worker-kills N] [--broker-kills N]
// Breaks real processes of the faults build under load and asks an oracle outside the system what became of every record.
import { parseArgs } from 'node:util';
import { plantedBugs } from '@headwater/core-staging';
import { describeError } from '@headwater/kernel';
import { runHarness } from './harness.ts';
import { runMatrix } from './matrix.ts';
import { runPlanted } from './planted.ts';
import { quickSize } from './schedule.ts';
import { runSoak } from './soak.ts';
import { runZombies } from './zombie.ts';

const { values } = parseArgs({
  options: {
    matrix: { type: 'boolean' },
    planted: { type: 'boolean' },
    soak: { type: 'string' },
    rate: { type: 'string' },
    zombie: { type: 'string' },
    only: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    seeds: { type: 'string' },
    tracks: { type: 'string' },
    quick: { type: 'boolean', default: true },
    seed: { type: 'string' },
    plant: { type: 'string' },
    'worker-kills': { type: 'string' },
    'worker-stops': { type: 'string' },
    'broker-kills': { type: 'string' },
    'redis-flushes': { type: 'string' },
  },
});

const whole = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${text} is not a whole number`);
  return Number(text);
};

const durationMs = (text: string): number => {
  const [, count, unit] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`${text} is not a duration such as 20m`);
  return Number(count) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
};

const run = (): Promise<number> => {
  const tracks = whole(values.tracks, 3);
  const { only, fresh: isFresh } = values;
  if (values.matrix === true) return runMatrix({ seeds: whole(values.seeds, 2), only, isFresh, tracks });
  if (values.planted === true) return runPlanted({ seed: whole(values.seed, 1), only, tracks });
  const seed = whole(values.seed, Math.floor(Math.random() * 1e9));
  if (values.zombie !== undefined) return runZombies({ trials: whole(values.zombie, 200), seed, tracks });
  if (values.soak !== undefined) {
    return runSoak({ durationMs: durationMs(values.soak), rate: whole(values.rate, 5_000), seed });
  }
  const planted = plantedBugs.find((bug) => bug === values.plant);
  if (values.plant !== undefined && planted === undefined) {
    throw new Error(`--plant ${values.plant} is none of ${plantedBugs.join(', ')}`);
  }
  return runHarness({
    seed,
    planted,
    size: {
      workerKills: whole(values['worker-kills'], quickSize.workerKills),
      workerStops: whole(values['worker-stops'], quickSize.workerStops),
      brokerKills: whole(values['broker-kills'], quickSize.brokerKills),
      redisFlushes: whole(values['redis-flushes'], quickSize.redisFlushes),
    },
  });
};

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 2;
}
// Clients of servers that were killed may keep timers for a while.
setTimeout(() => process.exit(), 2_000).unref();
