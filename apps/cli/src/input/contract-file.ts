import { readFileSync } from 'node:fs';
import { describeProblem, parseContract } from '@headwater/core-contract';
import type { ContractProblem, DataContract } from '@headwater/core-contract';
import { userError } from '@headwater/kernel';
import { readStandardInput, standardInputName } from './standard-input.ts';

/** The name of a source in messages. */
export const nameOf = (source: string): string => (source === '-' ? standardInputName : source);

/** The text of a file, or of standard input for `-`. */
export async function readText(source: string): Promise<string> {
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

/** A contract file, or the problems of it with their positions. */
export async function readContract(source: string): Promise<DataContract> {
  const parsed = parseContract(await readText(source));
  if (!parsed.ok) throw invalidContract(source, parsed.error);
  return parsed.value;
}

export const invalidContract = (source: string, problems: readonly ContractProblem[]): Error =>
  userError({
    code: 'HW_CONTRACT_INVALID',
    message: problems.map((problem) => describeProblem(nameOf(source), problem)).join('\n  '),
    fix: problems[0]?.fix ?? 'Run headwater contract lint on it.',
  });
