import { compatibilityModes, registryKinds, schemaTypes, type RegistryKind } from '@headwater/core-schema';
import { userError } from '@headwater/kernel';
import { Option, type Command } from 'commander';
import { checkBatch } from '../command/schema-batch.ts';
import { checkSchema, type SchemaCheckOptions } from '../command/schema.ts';
import type { CommandContext, RunCommand } from '../context.ts';
import { addExamples, gather } from './option-values.ts';

type CheckOptions = Partial<SchemaCheckOptions> & {
  readonly batch?: string;
  readonly registry: RegistryKind;
};

/** `schema`: what can be said of schemas by themselves; none of it needs a running stack. */
export function registerSchemaCommands(program: Command, context: CommandContext, run: RunCommand): void {
  const { about, option, title } = context.messages;
  const schema = program.command('schema').description(about.schema);
  const checking = schema
    .command('check')
    .description(about.schemaCheck)
    .addOption(new Option('--type <type>', option.schemaType).choices(schemaTypes))
    .addOption(new Option('--mode <mode>', option.compatibilityMode).choices(compatibilityModes))
    .option('--candidate <file>', option.candidate)
    .option('--existing <file...>', option.existing)
    .option('--reference <name=file>', option.reference, gather)
    .addOption(
      new Option('--registry <kind>', option.registryKind).choices(registryKinds).default('apicurio'),
    )
    .option('--batch <file>', option.schemaBatch)
    .action((options: CheckOptions) =>
      run(() =>
        options.batch === undefined
          ? checkSchema(context, complete(options))
          : checkBatch(context, options.batch, options.registry),
      ),
    );
  addExamples(checking, title['examples'] ?? '', [
    'headwater schema check --type AVRO --mode BACKWARD --candidate order-2.avsc --existing order-1.avsc',
    'headwater schema check --batch pairs.jsonl -o jsonl > verdicts.jsonl',
  ]);
}

function complete(options: CheckOptions): SchemaCheckOptions {
  const { type, mode, candidate, existing } = options;
  if (type !== undefined && mode !== undefined && candidate !== undefined && existing !== undefined) {
    return { ...options, type, mode, candidate, existing };
  }
  throw userError({
    code: 'HW_CLI_OPTION_MISSING',
    message: '--type, --mode, --candidate and --existing are needed, or --batch.',
    fix: 'Give them; see headwater schema check --help.',
  });
}
