// npm run faults -- [--quick] [--seed N] [--plant txn-before-rows|ignore-foreign-txn] [--worker-kills N] [--broker-kills N]
// Kills real processes of the faults build under load and asks an oracle outside the system what became of every record.
import { parseArgs } from 'node:util';
import { plantedBugs } from '@headwater/core-staging';
import { describeError } from '@headwater/kernel';
import { runHarness } from './harness.ts';
import { quickSize } from './schedule.ts';

const { values } = parseArgs({
  options: {
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

try {
  const planted = plantedBugs.find((bug) => bug === values.plant);
  if (values.plant !== undefined && planted === undefined) {
    throw new Error(`--plant ${values.plant} is none of ${plantedBugs.join(', ')}`);
  }
  process.exitCode = await runHarness({
    seed: whole(values.seed, Math.floor(Math.random() * 1e9)),
    planted,
    size: {
      workerKills: whole(values['worker-kills'], quickSize.workerKills),
      workerStops: whole(values['worker-stops'], quickSize.workerStops),
      brokerKills: whole(values['broker-kills'], quickSize.brokerKills),
      redisFlushes: whole(values['redis-flushes'], quickSize.redisFlushes),
    },
  });
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 2;
}
