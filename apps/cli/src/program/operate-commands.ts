import { InvalidArgumentError, Option, type Command } from 'commander';
import { resolveIncident, showIncident } from '../command/incident.ts';
import { acceptLoss } from '../command/incidents.ts';
import {
  drainPipeline,
  pausePipeline,
  resumePipeline,
  setLaneCount,
  setPoisonPolicy,
  type PoisonOptions,
} from '../command/pipeline.ts';
import { listOperatingPlans, replayQuarantine, type ReplayOptions } from '../command/replay.ts';
import { registerBackfill, registerRestart } from './backfill-commands.ts';
import type { CommandContext, RunCommand } from '../context.ts';
import { addExamples, wholeNumber } from './option-values.ts';

const dayS = 86_400;

/** `pipeline` and what belongs to it: verbs of the people who operate staging. */
export function registerOperateCommands(program: Command, context: CommandContext, run: RunCommand): void {
  const { operate } = context.messages;
  const pipeline = program.command('pipeline').description(operate.about.pipeline);
  registerStates(pipeline, context, run);
  registerLanes(pipeline, context, run);
  registerPoison(pipeline, context, run);
  registerIncident(program, context, run);
  registerReplay(program, pipeline, context, run);
  registerBackfill(pipeline, context, run);
  registerRestart(pipeline, context, run);
}

function registerStates(pipeline: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const examples = title['examples'] ?? '';
  const pausing = pipeline
    .command('pause')
    .description(operate.about.pause)
    .argument('<product>', option.product)
    .requiredOption('--reason <text>', option.reason)
    .action((product: string, { reason }: { reason: string }) =>
      run(() => pausePipeline(context, product, reason)),
    );
  addExamples(pausing, examples, ['headwater pipeline pause ads/ad-events --reason "lake is moved"']);
  const resuming = pipeline
    .command('resume')
    .description(operate.about.resume)
    .argument('<product>', option.product)
    .action((product: string) => run(() => resumePipeline(context, product)));
  addExamples(resuming, examples, ['headwater pipeline resume ads/ad-events']);
  const draining = pipeline
    .command('drain')
    .description(operate.about.drain)
    .argument('<product>', option.product)
    .requiredOption('--reason <text>', option.reason)
    .option('--timeout <seconds>', option.timeout, wholeNumber(1, dayS), 600)
    .action((product: string, options: { reason: string; timeout: number }) =>
      run(() => drainPipeline(context, product, options)),
    );
  addExamples(draining, examples, ['headwater pipeline drain ads/ad-events --reason "before the upgrade"']);
  const accepting = pipeline
    .command('accept-loss')
    .description(operate.about.acceptLoss)
    .argument('<incident>')
    .requiredOption('--reason <text>', option.reason)
    .action((incident: string, options: { reason: string }) =>
      run(() => acceptLoss(context, incident, options)),
    );
  addExamples(accepting, examples, ['headwater pipeline accept-loss INCIDENT --reason "broker disk died"']);
}

function registerLanes(pipeline: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const command = pipeline
    .command('lanes')
    .description(operate.about.lanes)
    .argument('<product>', option.product)
    .requiredOption('--count <lanes>', operate.option.laneCount, wholeNumber(1, 64))
    .action((product: string, { count }: { count: number }) =>
      run(() => setLaneCount(context, product, count)),
    );
  addExamples(command, title['examples'] ?? '', ['headwater pipeline lanes ads/ad-events --count 3']);
}

function registerPoison(pipeline: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const command = pipeline
    .command('poison')
    .description(operate.about.poison)
    .argument('<product>', option.product)
    .requiredOption('--share <share>', operate.option.share, shareOf)
    .option('--window <records>', operate.option.windowRecords, wholeNumber(1, 1_000_000_000), 1_000)
    .option('--seconds <seconds>', operate.option.windowSeconds, wholeNumber(1, dayS), 300)
    .addOption(
      new Option('--action <action>', operate.option.poisonAction)
        .choices(['pause', 'continue'])
        .default('continue'),
    )
    .action((product: string, options: PoisonOptions) =>
      run(() => setPoisonPolicy(context, product, options)),
    );
  addExamples(command, title['examples'] ?? '', [
    'headwater pipeline poison ads/ad-events --share 0.2 --window 1000 --action pause',
  ]);
}

function registerIncident(program: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const examples = title['examples'] ?? '';
  const incidents = program.commands.find((command) => command.name() === 'incidents');
  if (incidents === undefined) return;
  const showing = incidents
    .command('show')
    .description(operate.about.incidentShow)
    .argument('<incident>')
    .action((incident: string) => run(() => showIncident(context, incident)));
  addExamples(showing, examples, ['headwater incidents show INCIDENT']);
  const resolving = incidents
    .command('resolve')
    .description(operate.about.incidentResolve)
    .argument('<incident>')
    .requiredOption('--reason <text>', option.reason)
    .action((incident: string, options: { reason: string }) =>
      run(() => resolveIncident(context, incident, options)),
    );
  addExamples(resolving, examples, ['headwater incidents resolve INCIDENT --reason "producer was mended"']);
}

function registerReplay(program: Command, pipeline: Command, context: CommandContext, run: RunCommand): void {
  const { operate, option, title } = context.messages;
  const examples = title['examples'] ?? '';
  const listing = pipeline
    .command('plans')
    .description(operate.about.plans)
    .argument('<product>', option.product)
    .action((product: string) => run(() => listOperatingPlans(context, product)));
  addExamples(listing, examples, ['headwater pipeline plans ads/ad-events']);
  const quarantine = program.commands.find((command) => command.name() === 'quarantine');
  if (quarantine === undefined) return;
  const replaying = quarantine
    .command('replay')
    .description(operate.about.replay)
    .argument('<product>', option.product)
    .option('--group <cause>', operate.option.group)
    .option('--limit <count>', operate.option.replayLimit, wholeNumber(1, 1_000_000))
    .option('--dry-run', operate.option.dryRun)
    .option('--timeout <seconds>', option.timeout, wholeNumber(1, dayS), 3_600)
    .action((product: string, options: ReplayOptions) =>
      run(() => replayQuarantine(context, product, options)),
    );
  addExamples(replaying, examples, [
    'headwater quarantine replay ads/ad-events --group map:timestamp --dry-run',
    'headwater quarantine replay ads/ad-events --limit 1000',
  ]);
}

function shareOf(text: string): number {
  const share = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || share <= 0 || share > 1) {
    throw new InvalidArgumentError('It must be a share above 0 and at most 1, for example 0.2.');
  }
  return share;
}
