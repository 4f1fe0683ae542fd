import {
  chooseObject,
  compileContract,
  looksLikeCsv,
  qualityChecks,
  splitCsv,
  splitSample,
} from '@headwater/core-contract';
import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { invalidContract, readContract, readText } from '../input/contract-file.ts';
import type { Messages } from '../message/index.ts';
import { printRecord } from '../output/listing.ts';
import type { QualityReport } from '../quality/quality-report.ts';
import { testSample } from '../quality/test-sample.ts';

/** More than a contract needs to be trusted; all of it is in memory. */
const BOUNDS = { recordsMax: 1_000_000, bytesMax: 256 << 20 };

/** Judges a sample by the contract as staging would, and measures every quality check over what it would land. */
export async function testContract(
  context: CommandContext,
  source: string,
  options: { readonly sample: string },
): Promise<ExitCode> {
  const contract = await readContract(source);
  const chosen = chooseObject(contract);
  if (!chosen.ok) throw invalidContract(source, chosen.error);
  const compiled = compileContract(contract);
  if (!compiled.ok) throw invalidContract(source, compiled.error);
  const text = await readText(options.sample);
  const sample = looksLikeCsv(text) ? splitCsv(text, BOUNDS) : splitSample(text, BOUNDS);
  const checks = qualityChecks(chosen.value.object, compiled.value);
  const report = await testSample(compiled.value, checks, sample);
  if (sample.isCut) context.terminal.say(context.messages.contract.sampleCut(report.records));
  printRecord(context.terminal, context.format(), report, () => reportText(report, context.messages));
  return report.status === 'failed' || report.status === 'error' ? exitCode.failed : exitCode.ok;
}

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
