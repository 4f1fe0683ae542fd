import type { Command } from 'commander';
import { balance } from '../command/balance.ts';
import { acceptLoss, listIncidents } from '../command/incidents.ts';
import { produce, type ProduceOptions } from '../command/produce.ts';
import { listQuarantine, showQuarantine, type ShowQuarantineOptions } from '../command/quarantine.ts';
import { status, type StatusOptions } from '../command/status.ts';
import { printRows, showTable, type TableOptions } from '../command/table.ts';
import { tail, type TailCommandOptions } from '../command/tail.ts';
import type { CommandContext, RunCommand } from '../context.ts';
import { stopOnSignal } from '../input/stop-signal.ts';
import { addExamples, instant, tableVersion, wholeNumber } from './option-values.ts';

const limitMax = 10_000;
const rateMax = 1_000_000;

/** `status`, `produce`, `tail`, `balance`, `incidents`, `quarantine`, `table`: records on their way. */
export function registerPipelineCommands(program: Command, context: CommandContext, run: RunCommand): void {
  registerStatus(program, context, run);
  registerRecords(program, context, run);
  registerTail(program, context, run);
  registerBalance(program, context, run);
  registerIncidents(program, context, run);
  registerQuarantine(program, context, run);
  registerTable(program, context, run);
}

function registerStatus(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const command = program
    .command('status')
    .description(about.status)
    .argument('[product]', option.product)
    .option('--watch', option.watch)
    .option('--lanes', context.messages.operate.option.lanes)
    .action((product: string | undefined, options: StatusOptions) =>
      run(() => status(context, product === undefined ? options : { ...options, product }, stopOnSignal())),
    );
  addExamples(command, title['examples'] ?? '', [
    'headwater status',
    'headwater status ads/ad-events -o json',
  ]);
}

function registerRecords(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const command = program
    .command('produce')
    .description(about.produce)
    .argument('<product>', option.product)
    .option('-f, --file <source>', option.jsonLines, '-')
    .option('--key <member>', option.key)
    .option('--rate <per-second>', option.rate, wholeNumber(1, rateMax))
    .action((product: string, options: ProduceOptions) =>
      run(() => produce(context, product, options, stopOnSignal())),
    );
  addExamples(command, title['examples'] ?? '', [
    'headwater produce ads/ad-events -f events.jsonl --key user_id',
    `echo '{"event_id":"1"}' | headwater produce ads/ad-events`,
  ]);
}

function registerTail(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const command = program
    .command('tail')
    .description(about.tail)
    .argument('<product>', option.product)
    .option('-n, --last <count>', option.last, wholeNumber(0, limitMax), 10)
    .option('-f, --follow', option.follow)
    .option('--decode', option.decode)
    .option('--pretty', option.pretty)
    .option('--no-values', option.noValues)
    .action((product: string, options: TailCommandOptions) =>
      run(() => tail(context, product, options, stopOnSignal())),
    );
  addExamples(command, title['examples'] ?? '', [
    'headwater tail ads/ad-events --decode --follow',
    'headwater tail ads/ad-events -n 100 --decode -o jsonl',
  ]);
}

function registerBalance(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const command = program
    .command('balance')
    .description(about.balance)
    .argument('<product>', option.product)
    .action((product: string) => run(() => balance(context, product)));
  addExamples(command, title['examples'] ?? '', ['headwater balance ads/ad-events']);
}

function registerIncidents(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const examples = title['examples'] ?? '';
  const incidents = program.command('incidents').description(about.incidents);
  const listing = incidents
    .command('list', { isDefault: true })
    .description(about.incidentsList)
    .option('--product <product>', option.product)
    .option('--limit <count>', option.limit, wholeNumber(1, limitMax), 100)
    .action((options: { product?: string; limit: number }) => run(() => listIncidents(context, options)));
  addExamples(listing, examples, [
    'headwater incidents list',
    'headwater incidents list --product ads/ad-events',
  ]);
  const accepting = incidents
    .command('accept-loss')
    .description(about.incidentsAcceptLoss)
    .argument('<incident>')
    .requiredOption('--reason <text>', option.reason)
    .action((incident: string, options: { reason: string }) =>
      run(() => acceptLoss(context, incident, options)),
    );
  addExamples(accepting, examples, ['headwater incidents accept-loss INCIDENT --reason "broker disk died"']);
}

function registerQuarantine(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const examples = title['examples'] ?? '';
  const quarantine = program.command('quarantine').description(about.quarantine);
  const listing = quarantine
    .command('list')
    .description(about.quarantineList)
    .argument('<product>', option.product)
    .action((product: string) => run(() => listQuarantine(context, product)));
  addExamples(listing, examples, ['headwater quarantine list ads/ad-events']);
  const showing = quarantine
    .command('show')
    .description(about.quarantineShow)
    .argument('<product>', option.product)
    .option('--limit <count>', option.limit, wholeNumber(1, limitMax), 20)
    .option('--only <reason>', option.reasonFilter)
    .option('--reveal', option.reveal)
    .option('--reason <text>', option.reason)
    .action((product: string, { only, ...options }: ShowQuarantineOptions & { only?: string }) =>
      run(() =>
        showQuarantine(context, product, only === undefined ? options : { ...options, reasonFilter: only }),
      ),
    );
  addExamples(showing, examples, [
    'headwater quarantine show ads/ad-events --only timestamp',
    'headwater quarantine show ads/ad-events --reveal --reason "ticket 4711"',
  ]);
}

function registerTable(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const examples = title['examples'] ?? '';
  const table = program.command('table').description(about.table);
  const addMoment = (command: Command) =>
    command
      .argument('<url>', option.tableUrl)
      .option('--table-version <version>', option.tableVersion, tableVersion)
      .option('--at <time>', option.at, instant);
  const showing = addMoment(table.command('show').description(about.tableShow)).action(
    (url: string, options: TableOptions) => run(() => showTable(context, url, options)),
  );
  addExamples(showing, examples, [
    'headwater table show .headwater/lake/ads/ad-events',
    'headwater table show file:///data/trips --table-version 7 -o json',
  ]);
  const reading = addMoment(table.command('rows').description(about.tableRows))
    .option('--limit <count>', option.limit, wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action((url: string, options: TableOptions & { limit?: number }) =>
      run(() => printRows(context, url, options)),
    );
  addExamples(reading, examples, [
    'headwater table rows .headwater/lake/ads/ad-events --limit 10',
    'headwater table rows file:///data/trips --at 2026-01-01T00:00:00Z -o jsonl',
  ]);
}
