import { Command, Option } from 'commander';
import type { CommandContext, RunCommand } from './context.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { languages, type Messages } from './message/index.ts';
import { outputFormats } from './output/listing.ts';
import { registerContractCommands } from './program/contract-commands.ts';
import { registerMeshCommands } from './program/mesh-commands.ts';
import { registerOperateCommands } from './program/operate-commands.ts';
import { registerPipelineCommands } from './program/pipeline-commands.ts';
import { registerSchemaCommands } from './program/schema-commands.ts';
import { registerStackCommands } from './program/stack-commands.ts';
import type { Program } from './run.ts';

const version = '0.1.0';

/** Every command with its options and examples. */
export function buildProgram(context: CommandContext): Program {
  const { messages } = context;
  let outcome: ExitCode = exitCode.ok;
  const run: RunCommand = async (action) => {
    outcome = await action();
  };
  const program = new Command('headwater')
    .description(messages.about.headwater)
    .version(version, '-V, --version', messages.option.version)
    .addOption(new Option('--lang <language>', messages.option.lang).choices(languages))
    .addOption(
      new Option('-o, --output <format>', messages.option.output).choices(outputFormats).default('table'),
    )
    .helpOption('-h, --help', messages.option.help)
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: 110,
      styleTitle: (title) => titleOf(title, messages),
    })
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .showHelpAfterError('(headwater --help)')
    .exitOverride();
  registerStackCommands(program, context, run);
  registerMeshCommands(program, context, run);
  registerContractCommands(program, context, run);
  registerSchemaCommands(program, context, run);
  registerPipelineCommands(program, context, run);
  registerOperateCommands(program, context, run);
  return { command: program, outcome: () => outcome };
}

const titleOf = (title: string, messages: Messages): string =>
  messages.title[title.replace(/:$/, '').toLowerCase()] ?? title;
