import path from 'node:path';
import { resetStack } from '@headwater/platform-embedded';
import { runUntilStopped } from '@headwater/platform-process';
import type { CommandContext } from '../context.ts';
import { connectControlPlane } from '../control-plane/client.ts';
import { readLocalToken } from '../control-plane/connection.ts';
import { runBalanced } from '../demo/balanced-run.ts';
import { eventCount } from '../demo/bounded-run.ts';
import { demoNames, type DemoName, type DemoProduct } from '../demo/demo-event.ts';
import { demoProduct, type FlightsSource } from '../demo/demo-products.ts';
import { runLiveFeed } from '../demo/live-feed.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { describeFailure } from '../output/failure.ts';
import { formatSeconds } from '../output/format-values.ts';
import { createTerminalLogger } from '../output/terminal-logger.ts';
import { showLiveCounts } from './live-counts.ts';
import { startLocalSystem, type LocalSystem } from './local-system.ts';
import { createStackProgress } from './stack-progress.ts';

export interface UpOptions {
  readonly reset?: boolean;
  /** `false`: no demo; absent: both products. */
  readonly demo?: DemoName | false;
  readonly source?: FlightsSource;
  readonly events?: number;
  readonly rate?: number;
  readonly seed: number;
  /** A bounded run that ends with a balance sheet. */
  readonly exit?: boolean;
}

interface Running {
  readonly system: LocalSystem;
  readonly work: Promise<ExitCode>;
  readonly stopWork: AbortController;
}

const stopDeadlineMs = 60_000;
const workStopMsMax = 10_000;

/** Runs everything on this machine until Ctrl-C, SIGTERM, or the end of a bounded run. Ends the process. */
export async function up(context: CommandContext, options: UpOptions): Promise<never> {
  const { terminal, messages } = context;
  return runUntilStopped<Running>({
    logger: createTerminalLogger(terminal),
    deadlineMs: stopDeadlineMs,
    stopsWithParent: true,
    start: (stopped) => start(context, options, stopped),
    untilDone: ({ work }) => work,
    async stop({ system, work, stopWork }) {
      terminal.say(messages.stack.stopping);
      stopWork.abort();
      await Promise.race([work.catch(() => undefined), sleepUnref(workStopMsMax)]);
      await system.stop();
      terminal.say(messages.stack.stopped);
    },
  });
}

async function start(context: CommandContext, options: UpOptions, stopped: AbortSignal): Promise<Running> {
  const { terminal, messages, environment } = context;
  const onProgress = createStackProgress(terminal, messages);
  if (options.reset === true) {
    terminal.say(messages.stack.resetting(environment.home));
    await resetStack(environment.home, onProgress);
  }
  terminal.say(terminal.colors.bold(messages.stack.starting));
  terminal.say(terminal.colors.yellow(messages.stack.insecureMode));
  const tokenBefore = readLocalToken(environment.home);
  const system = await startLocalSystem({
    environment,
    onProgress,
    stopped,
    onReady: (app, url) => terminal.say(messages.stack.appReady(app, url)),
    onNotReady: (error) => terminal.say(describeFailure(error, messages)),
    onRestart: (app, delayMs, log) =>
      terminal.say(messages.stack.appRestarting(app, formatSeconds(delayMs / 1000), log)),
  });
  sayWhereToLook(context, system, tokenBefore);
  const stopWork = new AbortController();
  return { system, stopWork, work: runWork(context, options, system, stopWork) };
}

function sayWhereToLook(context: CommandContext, system: LocalSystem, tokenBefore: string | undefined): void {
  const { terminal, messages, environment } = context;
  const token = readLocalToken(environment.home);
  if (token !== undefined && token !== tokenBefore) {
    terminal.say(messages.stack.adminToken(token, path.join(environment.home, 'token')));
  }
  terminal.say(messages.guide.title);
  terminal.say(`  ${messages.guide.graphql}: ${system.controlPlaneUrl}/graphiql`);
  terminal.say(`  ${messages.guide.status}: npx headwater status`);
  terminal.say(`  ${messages.guide.next}`);
}

async function runWork(
  context: CommandContext,
  options: UpOptions,
  system: LocalSystem,
  stopWork: AbortController,
): Promise<ExitCode> {
  const { environment, terminal } = context;
  const token = readLocalToken(environment.home);
  const controlPlane = connectControlPlane({
    url: system.controlPlaneUrl,
    ...(token === undefined ? {} : { token }),
  });
  const { seed, rate, events } = options;
  const products = chooseProducts(options, environment.root);
  const [product] = products;
  const base = { controlPlane, seed, stopped: stopWork.signal, ...(rate === undefined ? {} : { rate }) };
  if (options.exit === true && product !== undefined) {
    return runBalanced(context, { ...base, product, count: eventCount(product, events) });
  }
  const produced = new Map<string, number>();
  const counts = showLiveCounts(context, { controlPlane, produced, stopped: stopWork.signal });
  const fed = runLiveFeed(context, {
    ...base,
    ...(events === undefined ? {} : { events }),
    products,
    seed: seed + Math.floor(Date.now() / 1000),
    onSent: (name, count) => void produced.set(name, count),
  }).catch((error: unknown) => terminal.say(describeFailure(error, context.messages)));
  await Promise.all([counts, fed]);
  return exitCode.ok;
}

function chooseProducts({ demo, source, exit }: UpOptions, root: string): readonly DemoProduct[] {
  if (demo === false) return [];
  const names = demo === undefined ? (exit === true ? demoNames.slice(0, 1) : demoNames) : [demo];
  return names.map((name) =>
    demoProduct({ name, ...(source === undefined ? {} : { flightsSource: source }) }, root),
  );
}

const sleepUnref = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
