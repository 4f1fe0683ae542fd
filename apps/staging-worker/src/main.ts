import { createDoorbell, startWorkRunner, type Doorbell } from '@headwater/adapter-queue';
import { bindHandlers } from '@headwater/core-jobs';
import { describeError } from '@headwater/kernel';
import { toRedisSettings, toServerSettings } from '@headwater/platform-config';
import { createLogger, createMetrics, createTraces, serveHealth } from '@headwater/platform-observability';
import { toHeaders } from '@headwater/platform-config';
import { runUntilStopped } from '@headwater/platform-process';
import { checkServers } from '@headwater/platform-wire';
import { createWorld } from './create-world.ts';
import { readEnvironment } from './environment.ts';
import { createBatchTelemetry } from './batch-telemetry.ts';
import { createLaneMetrics } from './lane-metrics.ts';
import { startLineage } from './lineage/start-lineage.ts';
import { measureProduct } from './quality/measure-product.ts';
import { qualityHandlers } from './quality/quality-jobs.ts';
import { startQualitySchedule } from './quality/start-quality.ts';
import { operatingHandlers } from './replay/operating-jobs.ts';
import { startWorker, type Worker } from './worker.ts';

const environment = readOrExit();
const logger = createLogger({ app: 'staging-worker', level: environment.LOG_LEVEL });
const faulty =
  __HEADWATER_FAULTS__ && environment.faults !== undefined
    ? (await import('./process-faults.ts')).armProcessFaults(environment.faults)
    : undefined;

await runUntilStopped({
  logger,
  deadlineMs: environment.HEADWATER_DRAIN_DEADLINE,
  async start() {
    const metrics = createMetrics({ app: 'staging-worker' });
    const traces = createTraces({
      app: 'staging-worker',
      version: '0.1.0',
      endpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
      headers: toHeaders(environment.OTEL_EXPORTER_OTLP_HEADERS),
    });
    const started: { worker?: Worker } = {};
    // All at once, because a lane may be waiting; what the check says about a server is said first.
    const checking = checkServers(toServerSettings(environment), { mayBeAway: true });
    const connecting = Promise.all([
      createWorld(environment, {
        logger,
        metrics: createLaneMetrics(metrics),
        telemetry: createBatchTelemetry(metrics, traces),
        laneCount: () => started.worker?.laneCount() ?? 0,
        engineThread: new URL('./staging-engine.mjs', import.meta.url),
      }),
      createDoorbell({ ...toRedisSettings(environment), logger }),
    ]);
    connecting.catch(() => undefined);
    await checking;
    const [sound, doorbell] = await connecting;
    const connected =
      __HEADWATER_FAULTS__ && faulty !== undefined ? faulty.makeFaulty(sound, environment) : sound;
    const worker = startWorker({
      world: connected.world,
      sweepEveryMs: environment.STAGING_SWEEP,
      lanesMax: environment.STAGING_LANES_MAX,
    });
    started.worker = worker;
    const jobs = startJobs(connected, doorbell);
    const lineage = startLineage(environment, connected.postgres.lineage, { logger, metrics });
    doorbell.listen('staging', () => Promise.resolve(worker.ring()));
    const health = await serveHealth({
      host: environment.HEADWATER_HTTP_HOST,
      port: environment.HEADWATER_HTTP_PORT,
      isLive: () => true,
      readiness: {
        database: () => connected.postgres.ping(),
        redis: () => doorbell.ping(),
      },
      metrics,
    });
    process.stdout.write(`${JSON.stringify({ listening: health.url })}\n`);
    logger.info({ url: health.url }, 'staging worker is ready');
    return { connected, doorbell, worker, health, traces, jobs, lineage };
  },
  async stop({ connected, doorbell, worker, health, traces, jobs, lineage }) {
    await lineage.close();
    await jobs.close();
    await worker.stop();
    await health.close();
    await doorbell.close();
    await connected.close();
    await traces.close();
  },
});

/** What workers do beside lanes: operators' verbs, and quality checks on their schedule. */
function startJobs(
  { postgres, operating: verbs, world }: Awaited<ReturnType<typeof createWorld>>,
  doorbell: Doorbell,
): { close(): Promise<void> } {
  const { mesh: database, work } = postgres;
  const runner = { work, doorbell, owner: world.settings.owner, logger, concurrency: 1 };
  const operating = startWorkRunner({
    ...runner,
    ...(__HEADWATER_FAULTS__ && faulty !== undefined ? faulty.workOptions(work) : {}),
    queue: 'operating',
    runJob: bindHandlers('operating', operatingHandlers(verbs)),
  });
  const quality = startWorkRunner({
    ...runner,
    queue: 'quality',
    runJob: bindHandlers(
      'quality',
      qualityHandlers({ database, clock: world.clock, measure: measureProduct }),
    ),
  });
  const schedule = startQualitySchedule({
    database,
    work,
    logger,
    everyMs: environment.QUALITY_EVERY,
    ring: (workId) => void doorbell.ring('quality', workId),
  });
  return {
    async close() {
      schedule.close();
      await quality.close();
      await operating.close();
    },
  };
}

function readOrExit() {
  try {
    return readEnvironment();
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exit(2);
  }
}
