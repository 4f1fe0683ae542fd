import { describeProblem, diffContracts, lintContract } from '@headwater/core-contract';
import type { ContractChangelog } from '@headwater/core-contract';
import { convertContract } from '@headwater/core-conversion';
import type { ConversionTarget } from '@headwater/core-conversion';
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
