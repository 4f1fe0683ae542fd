import { createLogger, createMetrics, createTraces } from '@headwater/platform-observability';
import { runUntilStopped } from '@headwater/platform-process';
import { createServices } from './create-services.ts';
import { readEnvironment } from './environment.ts';
import { createServer } from './server/create-server.ts';
import { describeError } from '@headwater/kernel';
import { ensureAdministratorToken } from './viewer/administrator-token.ts';

const environment = readOrExit();
const logger = createLogger({ app: 'control-plane', level: environment.logLevel });

await runUntilStopped({
  logger,
  deadlineMs: environment.drainDeadlineMs,
  async start() {
    const running = await createServices(environment, logger);
    const { services, readiness } = running;
    const secret = await ensureAdministratorToken(services.settings, services.database, services.platform);
    if (secret !== undefined && services.settings.isInsecure) {
      process.stdout.write(`administrator token: ${secret}\n`);
    }
    if (services.settings.isInsecure) {
      logger.warn({}, 'local mode: plain connections, one administrator token; for this machine only');
    }
    const metrics = createMetrics({ app: 'control-plane' });
    const traces = createTraces({
      app: 'control-plane',
      version: services.settings.version,
      ...environment.traces,
    });
    const server = await createServer({ services, metrics, traces, readiness, http: environment.http });
    process.stdout.write(`${JSON.stringify({ listening: server.url })}\n`);
    logger.info({ url: server.url }, 'control plane is ready');
    return { running, server, traces };
  },
  async stop({ running, server, traces }) {
    await server.close();
    await running.close();
    await traces.close();
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
