import { Argument, Option, type Command } from 'commander';
import { apply, diff, type ApplyOptions } from '../command/apply.ts';
import { describe, describeKinds, type DescribeKind } from '../command/describe.ts';
import { get, getKinds, type GetKind } from '../command/get.ts';
import { retire, type RetireOptions } from '../command/retire.ts';
import { retention } from '../command/retention.ts';
import type { CommandContext, RunCommand } from '../context.ts';
import { addExamples, gather, wholeNumber } from './option-values.ts';

const timeoutSecondsMax = 3_600;
const limitMax = 10_000;

/** `apply`, `diff`, `get`, `describe`, `retire`, `retention`, `operations`: products and what they are made of. */
export function registerMeshCommands(program: Command, context: CommandContext, run: RunCommand): void {
  registerApply(program, context, run);
  registerReads(program, context, run);
  registerRetire(program, context, run);
}

function registerApply(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const examples = title['examples'] ?? '';
  const applying = program
    .command('apply')
    .description(about.apply)
    .requiredOption('-f, --file <source>', option.file, gather)
    .option('--no-wait', option.noWait)
    .option('--timeout <seconds>', option.timeout, wholeNumber(1, timeoutSecondsMax), 60)
    .action((options: ApplyOptions) => run(() => apply(context, options)));
  addExamples(applying, examples, [
    'headwater apply -f ad-events.yaml',
    'headwater apply -f manifests/ -o json',
    'cat ad-events.yaml | headwater apply -f -',
  ]);
  const differing = program
    .command('diff')
    .description(about.diff)
    .requiredOption('-f, --file <source>', option.file, gather)
    .action((options: ApplyOptions) => run(() => diff(context, options)));
  addExamples(differing, examples, ['headwater diff -f manifests/ || echo "exit code $?"']);
}

function registerReads(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const examples = title['examples'] ?? '';
  const limit = ['--limit <count>', option.limit, wholeNumber(1, limitMax), 100] as const;
  const getting = program
    .command('get')
    .description(about.get)
    .addArgument(new Argument('<kind>', getKinds.join(', ')).choices(getKinds))
    .option(...limit)
    .action((kind: GetKind, options: { limit: number }) => run(() => get(context, kind, options)));
  addExamples(getting, examples, ['headwater get products', 'headwater get topics -o jsonl --limit 1000']);
  const describing = program
    .command('describe')
    .description(about.describe)
    .addArgument(new Argument('<kind>', describeKinds.join(', ')).choices(describeKinds))
    .argument('<name>', option.product)
    .action((kind: DescribeKind, name: string) => run(() => describe(context, kind, name)));
  addExamples(describing, examples, [
    'headwater describe product ads/ad-events',
    'headwater describe topic ads.ad-events -o json',
  ]);
  const operations = program
    .command('operations')
    .description(about.operations)
    .option(...limit)
    .action((options: { limit: number }) => run(() => get(context, 'operations', options)));
  addExamples(operations, examples, ['headwater operations --limit 10']);
  const retaining = program
    .command('retention')
    .description(about.retention)
    .argument('<product>', option.product)
    .action((product: string) => run(() => retention(context, product)));
  addExamples(retaining, examples, ['headwater retention ads/ad-events']);
}

function registerRetire(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const command = program
    .command('retire')
    .description(about.retire)
    .argument('<product>', option.product)
    .requiredOption('--reason <text>', option.reason)
    .addOption(new Option('--tables <choice>', option.tables).choices(['keep', 'delete']).default('keep'))
    .option('--confirm <product>', option.confirm)
    .option('--dry-run', option.dryRun)
    .option('--timeout <seconds>', option.timeout, wholeNumber(1, timeoutSecondsMax), 60)
    .action((product: string, options: RetireOptions) => run(() => retire(context, product, options)));
  addExamples(command, title['examples'] ?? '', [
    'headwater retire ads/ad-events --reason "made by mistake" --dry-run',
    'headwater retire ads/ad-events --reason "made by mistake" --tables delete --confirm ads/ad-events',
  ]);
}
