import {
  describeProblem,
  diffContracts,
  inferContract,
  lintContract,
  looksLikeCsv,
  splitCsv,
  splitSample,
} from '@headwater/core-contract';
import type { ContractChangelog } from '@headwater/core-contract';
import { convertContract } from '@headwater/core-conversion';
import type { ConversionTarget } from '@headwater/core-conversion';
import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { invalidContract, nameOf, readContract, readText } from '../input/contract-file.ts';
import type { Messages } from '../message/index.ts';
import { printListing, printRecord } from '../output/listing.ts';

/** Every problem of the contract with its position; fails when one of them is an error. */
export async function lint(context: CommandContext, source: string): Promise<ExitCode> {
  const file = nameOf(source);
  const records = lintContract(await readText(source));
  if (context.format() === 'table') {
    for (const problem of records) context.terminal.print(describeProblem(file, problem));
  } else {
    printListing(context.terminal, context.format(), { records, columns: [], whenEmpty: '' });
  }
  return records.some(({ severity }) => severity === 'error') ? exitCode.failed : exitCode.ok;
}

export interface InferOptions {
  readonly domain: string;
  readonly name: string;
  readonly owner?: string;
  readonly title?: string;
}

/**
 * Proposes a contract from JSON lines, a JSON array, or separated values: YAML on standard output, records the contract would not take on
 * standard error.
 */
export async function infer(context: CommandContext, source: string, facts: InferOptions): Promise<ExitCode> {
  const { terminal, messages } = context;
  const file = nameOf(source);
  const text = await readText(source);
  const sample = looksLikeCsv(text) ? splitCsv(text) : splitSample(text);
  const inferred = inferContract(sample, facts);
  if (!inferred.ok) {
    throw userError({
      code: 'HW_CONTRACT_NOT_INFERRED',
      message: inferred.error.map((problem) => describeProblem(file, problem)).join('\n  '),
      fix: inferred.error[0]?.fix ?? 'Give JSON objects, one on each line.',
    });
  }
  const { compiled, recordsRead, refused, evidence } = inferred.value;
  terminal.say(messages.contract.inferred(recordsRead, compiled.columns.length));
  for (const { line, reason, path, detail } of refused) {
    terminal.say(messages.contract.refused(`${file}:${line}`, reason, path, detail));
  }
  if (context.format() === 'table') terminal.print(inferred.value.text.trimEnd());
  else terminal.print(JSON.stringify({ contract: inferred.value.text, recordsRead, refused, evidence }));
  return exitCode.ok;
}

/** Every difference between two versions of a contract, what it means, and the version that has to follow. */
export async function diffFiles(context: CommandContext, older: string, newer: string): Promise<ExitCode> {
  const { terminal, messages } = context;
  const changelog = diffContracts((await readContract(older)).odcs, (await readContract(newer)).odcs);
  printRecord(terminal, context.format(), changelog, () =>
    changelog.changes.length === 0 ? messages.contract.noChanges : changelogText(changelog, messages),
  );
  return exitCode.ok;
}

function changelogText({ classification, semver, changes }: ContractChangelog, messages: Messages): string {
  const width = Math.max(...changes.map((change) => change.classification.length));
  const lines = changes.map((change) => `${change.classification.padEnd(width)}  ${change.message}`);
  return [...lines, '', messages.contract.changelog(changes.length, classification, semver)].join('\n');
}

/** The contract in another format on standard output; what that format cannot say on standard error. */
export async function convert(
  context: CommandContext,
  source: string,
  target: ConversionTarget,
): Promise<ExitCode> {
  const { terminal, messages } = context;
  const converted = convertContract(await readContract(source), target, messages.language);
  if (!converted.ok) throw invalidContract(source, converted.error);
  const { text, losses } = converted.value;
  if (context.format() === 'table') {
    for (const { path, message } of losses) terminal.say(`${path}: ${message}`);
    if (losses.length > 0) terminal.say(messages.contract.losses(losses.length));
    terminal.print(text.trimEnd());
  } else {
    terminal.print(JSON.stringify({ text, losses }));
  }
  return exitCode.ok;
}
