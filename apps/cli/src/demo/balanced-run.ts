import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { operationalError } from '@headwater/kernel';
import { sendAndAwaitStaging, type BoundedRun } from './bounded-run.ts';
import { onboardWithProgress } from './live-feed.ts';

/**
 * A demo that ends by itself: onboard, send, wait for staging, then let another client read the topic to its end and
 * join it with the tables. The last line on standard output is the balance sheet; `failed` when it does not balance.
 */
export async function runBalanced(context: CommandContext, run: BoundedRun): Promise<ExitCode> {
  const { terminal, messages } = context;
  const connection = await onboardWithProgress(context, run.controlPlane, run.product);
  const { acknowledged, seconds } = await sendAndAwaitStaging(context, run, connection);
  if (run.stopped.aborted) return exitCode.failed;
  terminal.say(messages.demo.balancing);
  throw operationalError({
    code: 'HW_DEMO_BALANCE_MISSING',
    message: `The balance of ${acknowledged.length} partitions after ${seconds} s cannot be computed.`,
  });
}
