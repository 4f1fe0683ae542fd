import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import { compileContract } from '../compile/compile-contract.ts';
import type { CompiledContract, RecordJudge, RecordVerdict } from '../compiled-contract.ts';
import type { ContractProblem } from '../contract-problem.ts';
import { createRecordJudge } from '../judge/record-judge.ts';
import { encodeUtf8 } from '../judge/text.ts';
import { parseContract } from '../odcs/data-contract.ts';
import type { DataContract } from '../odcs/data-contract.ts';
import { writeInferred } from './write-inferred.ts';
import type { InferenceFacts } from './write-inferred.ts';
import type { Sample, SampleRecord } from './sample-records.ts';
import { parseSampleValue } from './sample-value.ts';
import { createProfile, profileValue } from './value-profile.ts';
import type { ValueProfile } from './value-profile.ts';

/** A contract proposed from a sample. It compiles, and takes every record of the sample but the refused ones. */
export interface InferredContract {
  /** ODCS v3.1.0 YAML with the evidence as comments. */
  readonly text: string;
  readonly contract: DataContract;
  readonly compiled: CompiledContract;
  readonly recordsRead: number;
  /** The sample was longer than the bounds of inference. */
  readonly isCut: boolean;
  /** Records the contract does not take, in order of line: broken JSON, or values unlike all others. */
  readonly refused: readonly RefusedRecord[];
  /** Why each property is as it is; `path` is its dotted path in the record. */
  readonly evidence: readonly { readonly path: string; readonly text: string }[];
}

export type RefusedRecord = Omit<Extract<RecordVerdict, { accepted: false }>, 'accepted'> & {
  readonly line: number;
};

const REFUSED_MAX = 100;

/** Proposes an ODCS contract from JSON records. Fails only when the sample holds no JSON object. */
export function inferContract(
  sample: Sample,
  facts: InferenceFacts,
): Result<InferredContract, readonly ContractProblem[]> {
  const isJson = createRecordJudge(ANY_OBJECT);
  const readable = sample.records.filter((record) => isJson(encodeUtf8(record.text)).accepted);
  if (readable.length === 0) return err(nothingToRead(sample, isJson));
  const profile = profileRecords(readable);
  if (profile.members.size === 0) return err([sampleProblem(1, 'the records of the sample have no members')]);
  const inferred = writeInferred(profile, readable.length, facts);
  const contract = parseContract(inferred.text);
  if (!contract.ok) return contract;
  const compiled = compileContract(contract.value);
  if (!compiled.ok) return compiled;
  return ok({
    text: inferred.text,
    contract: contract.value,
    compiled: compiled.value,
    recordsRead: sample.records.length,
    isCut: sample.isCut,
    refused: refusedBy(createRecordJudge(compiled.value), sample.records),
    evidence: inferred.evidence,
  });
}

/** A contract that takes every JSON object. */
const ANY_OBJECT: CompiledContract = {
  contractId: 'any',
  contractVersion: '0.0.0',
  columns: [],
  unknownMembers: 'ignore',
  keyColumns: [],
  partitionColumns: [],
  recordBytesMax: 1_048_576,
};

function profileRecords(records: readonly SampleRecord[]): ValueProfile {
  const root = createProfile();
  for (const { text } of records) profileValue(root, parseSampleValue(text));
  return root;
}

function refusedBy(judge: RecordJudge, records: readonly SampleRecord[]): readonly RefusedRecord[] {
  const refused: RefusedRecord[] = [];
  for (const { text, line } of records) {
    const verdict = judge(encodeUtf8(text));
    if (verdict.accepted) continue;
    const { accepted: _accepted, ...refusal } = verdict;
    refused.push({ ...refusal, line });
    if (refused.length === REFUSED_MAX) break;
  }
  return refused;
}

function nothingToRead(sample: Sample, judge: RecordJudge): readonly ContractProblem[] {
  if (sample.records.length === 0) return [sampleProblem(1, 'the sample is empty')];
  return refusedBy(judge, sample.records.slice(0, 10)).map(({ line, reason, detail }) =>
    sampleProblem(line, `line ${line} is no record (${reason}): ${detail}`),
  );
}

const sampleProblem = (line: number, message: string): ContractProblem => ({
  rule: 'sample',
  severity: 'error',
  path: '',
  line,
  column: 1,
  message,
  fix: 'Give JSON objects, one per line, or one JSON array of them.',
});
