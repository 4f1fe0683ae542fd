import { CONVERSION_TARGETS } from '@headwater/core-conversion';
import type { ConversionTarget } from '@headwater/core-conversion';
import { Option, type Command } from 'commander';
import { infer, inferFormats, type InferOptions } from '../command/contract-infer.ts';
import { convert, diffFiles, lint } from '../command/contract.ts';
import { showQuality, type QualityOptions } from '../command/quality.ts';
import { advise, publish, type AdviseOptions, type PublishOptions } from '../command/contract-publish.ts';
import { testContract, type ContractTestOptions } from '../command/contract-test.ts';
import type { CommandContext, RunCommand } from '../context.ts';
import { addExamples, wholeNumber } from './option-values.ts';

/** `contract` and `quality`. Only advise, publish and quality need a control plane. */
export function registerContractCommands(program: Command, context: CommandContext, run: RunCommand): void {
  const contract = program.command('contract').description(context.messages.about.contract);
  registerLint(contract, context, run);
  registerInfer(contract, context, run);
  registerDiff(contract, context, run);
  registerConvert(contract, context, run);
  registerTest(contract, context, run);
  registerAdvise(contract, context, run);
  registerPublish(contract, context, run);
  registerQuality(program, context, run);
}

function registerLint(contract: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const linting = contract
    .command('lint')
    .description(about.contractLint)
    .argument('<file>', option.file)
    .action((file: string) => run(() => lint(context, file)));
  addExamples(linting, title['examples'] ?? '', ['headwater contract lint ad-events.odcs.yaml']);
}

function registerInfer(contract: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const inferring = contract
    .command('infer')
    .description(about.contractInfer)
    .argument('<file>', option.inferred)
    .addOption(new Option('--format <format>', option.inferFormat).choices(inferFormats))
    .option('--domain <domain>', option.domain)
    .option('--name <name>', option.name)
    .option('--owner <team>', option.owner)
    .action((file: string, options: InferOptions) => run(() => infer(context, file, options)));
  addExamples(inferring, title['examples'] ?? '', [
    'headwater contract infer readings.jsonl --domain garden --name readings > readings.odcs.yaml',
    'headwater contract infer orders.avsc --domain shop',
    'headwater contract infer shop.orders --format topic',
  ]);
}

function registerDiff(contract: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const differing = contract
    .command('diff')
    .description(about.contractDiff)
    .argument('<old>', option.contractFile)
    .argument('<new>', option.contractFile)
    .action((older: string, newer: string) => run(() => diffFiles(context, older, newer)));
  addExamples(differing, title['examples'] ?? '', [
    'headwater contract diff orders-1.odcs.yaml orders-2.odcs.yaml',
    'git show HEAD:orders.odcs.yaml | headwater contract diff - orders.odcs.yaml -o json',
  ]);
}

function registerConvert(contract: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const converting = contract
    .command('convert')
    .description(about.contractConvert)
    .argument('<file>', option.contractFile)
    .addOption(new Option('--to <format>', option.to).choices(CONVERSION_TARGETS).makeOptionMandatory())
    .action((file: string, options: { to: ConversionTarget }) =>
      run(() => convert(context, file, options.to)),
    );
  addExamples(converting, title['examples'] ?? '', [
    'headwater contract convert orders.odcs.yaml --to asyncapi > orders.asyncapi.yaml',
    'headwater contract convert orders.odcs.yaml --to html > orders.html',
  ]);
}

function registerTest(contract: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const testing = contract
    .command('test')
    .description(about.contractTest)
    .argument('<file>', option.contractFile)
    .option('--sample <file>', option.sample)
    .option('--table <url>', option.checkedTable)
    .action((file: string, options: ContractTestOptions) => run(() => testContract(context, file, options)));
  addExamples(testing, title['examples'] ?? '', [
    'headwater contract test orders.odcs.yaml --sample orders.jsonl',
    'headwater contract test orders.odcs.yaml --table .headwater/lake/shop/orders',
    'zcat orders.jsonl.gz | headwater contract test orders.odcs.yaml --sample - -o json',
  ]);
}

function registerAdvise(contract: Command, context: CommandContext, run: RunCommand): void {
  const { option, title, contractChange } = context.messages;
  const advising = contract
    .command('advise')
    .description(contractChange.about.advise)
    .argument('<file>', option.contractFile)
    .option('--product <name>', contractChange.option.product)
    .action((file: string, options: AdviseOptions) => run(() => advise(context, file, options)));
  addExamples(advising, title['examples'] ?? '', [
    'headwater contract advise orders.odcs.yaml',
    'headwater contract advise orders.odcs.yaml -o json',
  ]);
}

const PUBLISH_SECONDS = 120;

function registerPublish(contract: Command, context: CommandContext, run: RunCommand): void {
  const { option, title, contractChange } = context.messages;
  const publishing = contract
    .command('publish')
    .description(contractChange.about.publish)
    .argument('<file>', option.contractFile)
    .option('--product <name>', contractChange.option.product)
    .option('--ask-readers', contractChange.option.askReaders)
    .option('--dry-run', option.dryRun)
    .option('--timeout <seconds>', option.timeout, wholeNumber(1, 86_400), PUBLISH_SECONDS)
    .action((file: string, options: PublishOptions) => run(() => publish(context, file, options)));
  addExamples(publishing, title['examples'] ?? '', [
    'headwater contract publish orders.odcs.yaml --dry-run',
    'headwater contract publish orders.odcs.yaml',
  ]);
}

const RUNS_MAX = 100;

function registerQuality(program: Command, context: CommandContext, run: RunCommand): void {
  const { title, contractChange } = context.messages;
  const showing = program
    .command('quality')
    .description(contractChange.about.quality)
    .argument('<product>', context.messages.option.product)
    .option('--measure', contractChange.option.measure)
    .option('--history <count>', contractChange.option.history, wholeNumber(1, RUNS_MAX))
    .action((product: string, options: QualityOptions) => run(() => showQuality(context, product, options)));
  addExamples(showing, title['examples'] ?? '', [
    'headwater quality shop/orders --measure',
    'headwater quality shop/orders --history 20',
  ]);
}
