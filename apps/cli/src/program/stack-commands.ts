import { Argument, Option, type Command } from 'commander';
import type { CommandContext, RunCommand } from '../context.ts';
import { demo } from '../command/demo.ts';
import { doctor } from '../command/doctor.ts';
import { demoNames, type DemoName } from '../demo/demo-event.ts';
import { flightsSources, type FlightsSource } from '../demo/demo-products.ts';
import { stopOnSignal } from '../input/stop-signal.ts';
import { up, type UpOptions } from '../up/up.ts';
import { addExamples, wholeNumber } from './option-values.ts';

const rateMax = 20_000;
const eventsMax = 1_000_000_000;
const seedMax = 4_294_967_295;

/** `up`, `demo`, `doctor`: what works with the servers themselves. */
export function registerStackCommands(program: Command, context: CommandContext, run: RunCommand): void {
  registerUp(program, context, run);
  registerDemo(program, context, run);
  const { about, title } = context.messages;
  addExamples(
    program
      .command('doctor')
      .description(about.doctor)
      .action(() => run(() => doctor(context))),
    title['examples'] ?? '',
    ['headwater doctor', 'KAFKA_BOOTSTRAP_SERVERS=broker:9092 headwater doctor -o json'],
  );
}

function registerUp(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const command = program
    .command('up')
    .description(about.up)
    .option('--reset', option.reset)
    .addOption(new Option('--demo <product>', option.demo).choices(demoNames))
    .option('--no-demo', option.noDemo)
    .option('--exit', option.exit);
  addFeedOptions(command, context).action((options: UpOptions) => run(() => up(context, options)));
  addExamples(command, title['examples'] ?? '', [
    'headwater up',
    'headwater up --no-demo',
    'headwater up --reset --demo ad-events --rate 1000',
    'headwater up --demo flights --events 3000000 --exit',
  ]);
}

function registerDemo(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const command = program
    .command('demo')
    .description(about.demo)
    .addArgument(new Argument('<product>', option.demo).choices(demoNames));
  addFeedOptions(command, context).action(
    (name: DemoName, options: { events?: number; rate?: number; seed: number; source?: FlightsSource }) =>
      run(() => demo(context, name, options, stopOnSignal())),
  );
  addExamples(command, title['examples'] ?? '', [
    'headwater demo ad-events --events 10000 --rate 1000',
    'headwater demo flights --source flights-200k.json',
  ]);
}

function addFeedOptions(command: Command, { messages: { option } }: CommandContext): Command {
  return command
    .option('--events <count>', option.events, wholeNumber(1, eventsMax))
    .option('--rate <per-second>', option.rate, wholeNumber(1, rateMax))
    .option('--seed <number>', option.seed, wholeNumber(0, seedMax), 1)
    .addOption(new Option('--source <file>', option.source).choices(flightsSources));
}
