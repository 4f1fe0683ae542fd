import { InvalidArgumentError, type Command } from 'commander';
import { backfillPipeline, type BackfillOptions } from '../command/backfill.ts';
import { restartPipeline, type RestartOptions } from '../command/restart.ts';
import type { CommandContext, RunCommand } from '../context.ts';
import { addExamples, instant, wholeNumber } from './option-values.ts';

const dayS = 86_400;
const partitionsMax = 100_000;

/** The verbs of `pipeline` that read a range of the topic again. */
export function registerBackfill(pipeline: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const command = pipeline
    .command('backfill')
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
