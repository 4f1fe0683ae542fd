import { setTimeout as sleep } from 'node:timers/promises';
import { compileContract, parseContract, type CompiledContract } from '@headwater/core-contract';
import { unexpectedError } from '@headwater/kernel';
import { balance } from '../balance/balance.ts';
import { formatBalanceLine, type BalanceSheet } from '../balance/balance-sheet.ts';
import type { CommandContext } from '../context.ts';
import type { ControlPlane } from '../control-plane/client.ts';
import { topicQuery } from '../control-plane/mesh-documents.ts';
import type { ConnectionGuide, Topic } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { kafkaSettings } from '../input/kafka-settings.ts';
import { formatCount } from '../output/format-values.ts';
import { createProgress } from '../output/progress.ts';
import { sendAndAwaitStaging, type BoundedOutcome, type BoundedRun } from './bounded-run.ts';
import { compareWithSource } from './compare-source.ts';
import { onboardWithProgress } from './live-feed.ts';

/**
 * A demo that ends by itself: onboard, send, wait for staging, then let another client read the topic to its end and
 * join it with the tables; a table made of a file alone is compared with the file, column by column. The last line on
 * standard output is the balance sheet; `failed` when it does not balance.
 */
export async function runBalanced(context: CommandContext, run: BoundedRun): Promise<ExitCode> {
  const { terminal, messages } = context;
  const connection = await onboardWithProgress(context, run.controlPlane, run.product);
  const outcome = await sendAndAwaitStaging(context, run, connection);
  if (run.stopped.aborted) return exitCode.failed;
  terminal.say(messages.demo.balancing);
  const sheet = await settle(context, run, connection, outcome);
  if (sheet.produced > outcome.sent)
    terminal.say(messages.demo.earlier(formatCount(sheet.produced - outcome.sent)));
  const isEqual = await compareWithSource(context, run, connection, sheet);
  for (const { problem, partition, offset } of sheet.examples) {
    terminal.say(`  ${problem} [${partition}]@${offset}`);
  }
  terminal.say(sheet.isBalanced ? messages.demo.balanced : messages.demo.notBalanced);
  terminal.print(formatBalanceLine(sheet));
  return sheet.isBalanced && isEqual ? exitCode.ok : exitCode.failed;
}

async function settle(
  context: CommandContext,
  { controlPlane, product }: BoundedRun,
  { bootstrapServers, topic, tableUrl, quarantineUrl }: ConnectionGuide,
  { acknowledged, seconds }: BoundedOutcome,
): Promise<BalanceSheet> {
  const progress = createProgress(context.terminal);
  return balance({
    settings: kafkaSettings(context.environment, bootstrapServers),
    topic,
    topicId: await topicIdOf(controlPlane, topic),
    tableUrl,
    quarantineUrl,
    contract: compile(product.contract),
    acknowledged,
    seconds,
    onProgress: (records) => progress(() => context.messages.demo.read(formatCount(records))),
  });
}

/** A topic is in the inventory some seconds after it was made; a small run can be over before that. */
const INVENTORY_MS_MAX = 30_000;
const INVENTORY_LOOK_MS = 250;

async function topicIdOf(controlPlane: ControlPlane, name: string): Promise<string> {
  for (let waitedMs = 0; waitedMs < INVENTORY_MS_MAX; waitedMs += INVENTORY_LOOK_MS) {
    const { topic } = await controlPlane.ask<{ topic: Topic | null }>(topicQuery, { name });
    if (topic?.topicId) return topic.topicId;
    await sleep(INVENTORY_LOOK_MS);
  }
  throw unexpectedError({
    code: 'HW_DEMO_TOPIC_ID_MISSING',
    message: `The id of topic ${name} is not known.`,
  });
}

function compile(text: string): CompiledContract {
  const parsed = parseContract(text);
  const compiled = parsed.ok ? compileContract(parsed.value) : parsed;
  if (compiled.ok) return compiled.value;
  throw unexpectedError({
    code: 'HW_DEMO_CONTRACT_BROKEN',
    message: 'The contract of a demo product is broken.',
  });
}
