import { describeError } from '@headwater/kernel';
import { createLogger, createMetrics, serveHealth } from '@headwater/platform-observability';
import { armFaults } from '@headwater/core-staging';
import { createFaultSwitch, runUntilStopped } from '@headwater/platform-process';
import { readEnvironment } from './environment.ts';
import { createRetentionMetrics } from './retention-metrics.ts';
import { startWorker } from './start-worker.ts';

const environment = readOrExit();
const logger = createLogger({ app: 'retention-worker', level: environment.LOG_LEVEL });
if (__HEADWATER_FAULTS__ && environment.faults !== undefined) {
  const faultSwitch = createFaultSwitch(environment.faults);
  armFaults({ onPoint: (name) => faultSwitch.onPoint(name), planted: { has: () => false } });
}

await runUntilStopped({
  logger,
  deadlineMs: environment.HEADWATER_DRAIN_DEADLINE,
  async start() {
    const metrics = createMetrics({ app: 'retention-worker' });
    const worker = await startWorker(environment, { logger, metrics: createRetentionMetrics(metrics) });
    const health = await serveHealth({
      host: environment.HEADWATER_HTTP_HOST,
      port: environment.HEADWATER_HTTP_PORT,
      isLive: () => true,
      readiness: worker.readiness,
      metrics,
    });
    process.stdout.write(`${JSON.stringify({ listening: health.url })}\n`);
    logger.info({ url: health.url }, 'retention worker is ready');
    return { worker, health };
  },
  async stop({ worker, health }) {
    await worker.close();
    await health.close();
  },
});

function readOrExit() {
  try {
    return readEnvironment();
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exit(2);
  }
}
