import { readFileSync } from 'node:fs';
import {
  compileContract,
  describeProblem,
  parseContract,
  type ContractProblem,
} from '@headwater/core-contract';
import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { readStandardInput, standardInputName } from '../input/standard-input.ts';
import { printListing } from '../output/listing.ts';

/** Every problem of the contract with its position; fails when one of them is an error. */
export async function lint(context: CommandContext, source: string): Promise<ExitCode> {
  const file = source === '-' ? standardInputName : source;
  const records = judge(await readText(source));
  if (context.format() === 'table') {
    for (const problem of records) context.terminal.print(describeProblem(file, problem));
  } else {
    printListing(context.terminal, context.format(), { records, columns: [], whenEmpty: '' });
  }
  return records.some(({ severity }) => severity === 'error') ? exitCode.failed : exitCode.ok;
}

function judge(text: string): readonly ContractProblem[] {
  const parsed = parseContract(text);
  if (!parsed.ok) return parsed.error;
  const compiled = compileContract(parsed.value);
  return compiled.ok ? [] : compiled.error;
}

async function readText(source: string): Promise<string> {
  if (source === '-') return readStandardInput();
  try {
    return readFileSync(source, 'utf8');
  } catch (cause) {
    throw userError({
      code: 'HW_CLI_INPUT_UNREADABLE',
      message: `Cannot read ${source}.`,
      fix: 'Name an existing file that this user can read, or - for standard input.',
      cause,
    });
  }
}
