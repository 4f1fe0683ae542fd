import { InvalidArgumentError, type Command } from 'commander';
import { backfillPipeline, type BackfillOptions } from '../command/backfill.ts';
import { restartPipeline, type RestartOptions } from '../command/restart.ts';
import { swapBackfill, undoSwap, type SwapOptions } from '../command/swap.ts';
import type { CommandContext, RunCommand } from '../context.ts';
import { addExamples, instant, wholeNumber } from './option-values.ts';

const dayS = 86_400;
const partitionsMax = 100_000;

/** The verbs of `pipeline backfill`. `run` needs not be named. */
export function registerBackfill(pipeline: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const backfill = pipeline.command('backfill').description(operate.about.backfills);
  const command = backfill
    .command('run', { isDefault: true })
    .description(operate.about.backfill)
    .argument('<product>', option.product)
    .option(
      '--partition <partition>',
      operate.option.rangePartition,
      gatherParsed(wholeNumber(0, partitionsMax)),
    )
    .option('--from <offset>', operate.option.rangeFrom, gatherParsed(offsetOf))
    .option('--to <offset>', operate.option.rangeTo, gatherParsed(offsetOf))
    .option('--from-time <time>', operate.option.fromTime, instant)
    .option('--to-time <time>', operate.option.toTime, instant)
    .option('--dry-run', operate.option.dryRun)
    .option('--timeout <seconds>', option.timeout, wholeNumber(1, dayS), 3_600)
    .action((product: string, options: BackfillOptions) =>
      run(() => backfillPipeline(context, product, options)),
    );
  addExamples(command, title['examples'] ?? '', [
    'headwater pipeline backfill ads/ad-events --partition 0 --from 1000 --to 2000 --dry-run',
    'headwater pipeline backfill ads/ad-events --from-time 2026-01-01T00:00:00Z --to-time 2026-01-02T00:00:00Z',
  ]);
  registerSwap(backfill, context, run);
}

/** Moves a side table into the table, and back. */
function registerSwap(backfill: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const verbs = [
    { name: 'swap', about: operate.about.swap, act: swapBackfill },
    { name: 'undo', about: operate.about.undoSwap, act: undoSwap },
  ];
  for (const { name, about, act } of verbs) {
    const command = backfill
      .command(name)
      .description(about)
      .argument('<product>', option.product)
      .argument('<backfill>', operate.option.backfillId)
      .option('--dry-run', operate.option.dryRun)
      .option('--timeout <seconds>', option.timeout, wholeNumber(1, dayS), 3_600)
      .action((product: string, backfillId: string, options: SwapOptions) =>
        run(() => act(context, product, backfillId, options)),
      );
    addExamples(command, title['examples'] ?? '', [
      `headwater pipeline backfill ${name} ads/ad-events 5f1c0a9b72de --dry-run`,
      `headwater pipeline backfill ${name} ads/ad-events 5f1c0a9b72de`,
    ]);
  }
}

export function registerRestart(pipeline: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const command = pipeline
    .command('restart')
    .description(operate.about.restart)
    .argument('<product>', option.product)
    .option('--from-earliest', operate.option.fromEarliest)
    .option('--at <time>', operate.option.restartAt, instant)
    .option('--from-offset <partition=offset>', operate.option.fromOffset, gatherParsed(startOf))
    .option('--dry-run', operate.option.dryRun)
    .option('--timeout <seconds>', option.timeout, wholeNumber(1, dayS), 600)
    .action((product: string, options: RestartOptions) =>
      run(() => restartPipeline(context, product, options)),
    );
  addExamples(command, title['examples'] ?? '', [
    'headwater pipeline restart ads/ad-events --from-earliest --dry-run',
    'headwater pipeline restart ads/ad-events --from-offset 0=1000 --from-offset 1=250',
  ]);
}

function startOf(text: string): { readonly partition: number; readonly offset: string } {
  const match = /^(\d{1,6})=(\d{1,18})$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('It must be a partition and an offset, for example 0=1000.');
  return { partition: Number(match[1]), offset: String(BigInt(match[2] ?? '0')) };
}

/** Gathers parsed values of an option that may be given several times. */
const gatherParsed =
  <T>(parse: (text: string) => T) =>
  (text: string, before: readonly T[] = []): readonly T[] => [...before, parse(text)];

function offsetOf(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('It must be an offset, 0 or more.');
  return BigInt(text);
}
