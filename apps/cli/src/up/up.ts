import path from 'node:path';
import { resetStack } from '@headwater/platform-embedded';
import { runUntilStopped } from '@headwater/platform-process';
import type { CommandContext } from '../context.ts';
import { readLocalToken } from '../control-plane/connection.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { describeFailure } from '../output/failure.ts';
import { formatSeconds } from '../output/format-values.ts';
import { createTerminalLogger } from '../output/terminal-logger.ts';
import { startLocalSystem, type LocalSystem } from './local-system.ts';
import { createStackProgress } from './stack-progress.ts';
import { planWork, runWork, type WorkOptions, type WorkPlan } from './work.ts';

export interface UpOptions extends WorkOptions {
  readonly reset?: boolean;
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
  const plan = planWork(options, context.environment.root);
  return runUntilStopped<Running>({
    logger: createTerminalLogger(terminal),
    deadlineMs: stopDeadlineMs,
    stopsWithParent: true,
    start: (stopped) => start(context, options, plan, stopped),
    untilDone: ({ work }) =>
      work.catch((error: unknown) => {
        terminal.say(describeFailure(error, messages));
        return exitCode.failed;
      }),
    async stop({ system, work, stopWork }) {
      terminal.say(messages.stack.stopping);
      stopWork.abort();
      await Promise.race([work.catch(() => undefined), sleepUnref(workStopMsMax)]);
      await system.stop();
      terminal.say(messages.stack.stopped);
    },
  });
}

async function start(
  context: CommandContext,
  { reset }: UpOptions,
  plan: WorkPlan,
  stopped: AbortSignal,
): Promise<Running> {
  const { terminal, messages, environment } = context;
  const onProgress = createStackProgress(terminal, messages);
  if (reset === true) {
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
  return { system, stopWork, work: runWork(context, plan, system, stopWork.signal) };
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

const sleepUnref = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
