import {
  chooseObject,
  compileContract,
  looksLikeCsv,
  qualityChecks,
  splitCsv,
  splitSample,
} from '@headwater/core-contract';
import type { QualityReport, Sample } from '@headwater/core-contract';
import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { invalidContract, readContract, readText } from '../input/contract-file.ts';
import type { Messages } from '../message/index.ts';
import { printRecord } from '../output/listing.ts';
import { testSample } from '../quality/test-sample.ts';
import { testTable } from '../quality/test-table.ts';

/** More than a contract needs to be trusted; all of it is in memory. */
const BOUNDS = { recordsMax: 1_000_000, bytesMax: 256 << 20 };

export interface ContractTestOptions {
  readonly sample?: string;
  /** URL of a Delta table; its quarantine table lies beside it. */
  readonly table?: string;
}

/**
 * Judges a sample by the contract as staging would and measures every quality check over what it would land, or measures
 * them over a table that is there. Both count the same way.
 */
export async function testContract(
  context: CommandContext,
  source: string,
  { sample, table }: ContractTestOptions,
): Promise<ExitCode> {
  const contract = await readContract(source);
  const chosen = chooseObject(contract);
  if (!chosen.ok) throw invalidContract(source, chosen.error);
  const compiled = compileContract(contract);
  if (!compiled.ok) throw invalidContract(source, compiled.error);
  if ((sample === undefined) === (table === undefined)) throw noSubject();
  const checks = qualityChecks(chosen.value.object, compiled.value);
  const report =
    table === undefined
      ? await testSample(compiled.value, checks, await readSample(context, sample!))
      : await testTable(compiled.value, checks, table);
  printRecord(context.terminal, context.format(), report, () => reportText(report, context.messages));
  return report.status === 'failed' || report.status === 'error' ? exitCode.failed : exitCode.ok;
}

async function readSample({ terminal, messages }: CommandContext, source: string): Promise<Sample> {
  const text = await readText(source);
  const sample = looksLikeCsv(text) ? splitCsv(text, BOUNDS) : splitSample(text, BOUNDS);
  if (sample.isCut) terminal.say(messages.contract.sampleCut(sample.records.length));
  return sample;
}

const noSubject = (): Error =>
  userError({
    code: 'HW_CLI_SUBJECT_MISSING',
    message: 'contract test needs records to test: a sample or a table, one of them.',
    fix: 'Add --sample FILE, or --table URL.',
  });

function reportText(
  { records, accepted, refused, checks, status }: QualityReport,
  messages: Messages,
): string {
  const causes = refused.map(
    ({ records: count, reason, path, firstLine }) =>
      `refused  ${count}  ${reason}${path === '' ? '' : ` at ${path}`}${firstLine === undefined ? '' : ` (line ${firstLine})`}`,
  );
  const results = checks.map((check) => `${check.status.padEnd(8)} ${check.path}: ${check.message}`);
  return [...causes, ...results, messages.contract.tested(accepted, records, status)].join('\n');
}
