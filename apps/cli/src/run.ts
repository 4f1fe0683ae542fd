import { useS3 } from '@headwater/adapter-object-store';
import { HeadwaterError } from '@headwater/kernel';
import { CommanderError, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import { findControlPlane } from './control-plane/connection.ts';
import { readEnvironment } from './environment.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { languages, messagesOf, type Language } from './message/index.ts';
import { outputFormats, type OutputFormat } from './output/listing.ts';
import { openTerminal } from './output/terminal.ts';
import { describeFailure } from './output/failure.ts';

/** The context of one run. Language and format are needed before the arguments are parsed, so they are looked up here. */
export function createContext(args: readonly string[]): CommandContext {
  const environment = readEnvironment();
  useS3(environment.s3);
  const { stdout, stderr } = process;
  const language = optionValue(args, ['--lang'], languages) ?? environment.language;
  return {
    environment: { ...environment, language },
    terminal: openTerminal({ stdout, stderr, hasColor: environment.hasColor }),
    messages: messagesOf(language),
    format: () => optionValue(args, ['-o', '--output'], outputFormats) ?? 'table',
    controlPlane: () => findControlPlane(environment),
  };
}

/** Parses, runs and says what went wrong. The program's own exit code, else `usage` for arguments, `failed` for the rest. */
export async function exitCodeOf(args: readonly string[], build: () => Program): Promise<ExitCode> {
  try {
    const program = build();
    await program.command.parseAsync([...args], { from: 'user' });
    return program.outcome();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    const language = optionValue(args, ['--lang'], languages) ?? 'en';
    process.stderr.write(`${describeFailure(error, messagesOf(language))}\n`);
    return isUsage(error) ? exitCode.usage : exitCode.failed;
  }
}

export interface Program {
  readonly command: Command;
  readonly outcome: () => ExitCode;
}

const isUsage = (error: unknown) => error instanceof HeadwaterError && error.code.startsWith('HW_CLI_');

function optionValue<T extends Language | OutputFormat>(
  args: readonly string[],
  names: readonly string[],
  allowed: readonly T[],
): T | undefined {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  for (const [index, argument] of own.entries()) {
    const name = names.find((candidate) => argument === candidate || argument.startsWith(`${candidate}=`));
    if (name === undefined) continue;
    const value = argument === name ? own[index + 1] : argument.slice(name.length + 1);
    const found = allowed.find((candidate) => candidate === value);
    if (found !== undefined) return found;
  }
  return undefined;
}
