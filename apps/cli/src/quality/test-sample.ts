import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import { createChosenEngine, measureQuality, openDatabase } from '@headwater/adapter-parquet';
import { reportQuality } from '@headwater/core-contract';
import type {
  CompiledContract,
  QualityCheck,
  QualityReport,
  Refusals,
  Sample,
} from '@headwater/core-contract';
import { encodeSampleRecordSet } from '@headwater/core-staging';
import type { LandedOutputs, PipelineSpec, RecordSetEngine } from '@headwater/core-staging';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowsOfFiles } from './rows-of-files.ts';

const LIMITS = { threads: 2, memoryMiB: 1024, timeoutMs: 30_000 };

/**
 * What staging would make of the sample: the records go through the engine of staging as one record set, and the checks
 * are measured over the files it writes.
 */
export async function testSample(
  contract: CompiledContract,
  checks: readonly QualityCheck[],
  sample: Sample,
): Promise<QualityReport> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-test-'));
  const database = await openDatabase(LIMITS);
  const engine = createChosenEngine('auto', { database, codecs: recordBatchCodecs });
  try {
    const landed = await landSample(engine, contract, sample, folder);
    const measured = await measureQuality(rowsOfFiles(landed.primary, contract), checks, LIMITS);
    const accepted = landed.primary.reduce((rows, file) => rows + file.records, 0);
    const refused = refusalsOf(landed, sample);
    return reportQuality({ contract, checks, accepted, refused, measured });
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function landSample(
  engine: RecordSetEngine,
  contract: CompiledContract,
  { records }: Sample,
  folder: string,
): Promise<LandedOutputs> {
  const batch = await engine.beginBatch({
    pipeline: pipelineFor(contract),
    batchId: 'sample',
    ingestedAtUs: 0n,
  });
  const values = records.map(({ text }) => Buffer.from(text));
  const recordSet = encodeSampleRecordSet(values, recordBatchCodecs.crc32c);
  await batch.add({ partition: 0, recordSet, from: 0n, to: BigInt(values.length), aborted: [] });
  return batch.land(folder);
}

/** Refusals by cause; offsets of the sample are places in it, so each cause has the line it was first seen on. */
const refusalsOf = ({ reasons }: LandedOutputs, { records }: Sample): readonly Refusals[] =>
  reasons.map(({ stage, reason, path, records: count, offset }) => ({
    stage,
    reason,
    path,
    records: count,
    firstLine: records[Number(offset)]!.line,
  }));

/** A pipeline that exists nowhere, for an engine that only looks at its contract. */
const pipelineFor = (contract: CompiledContract): PipelineSpec => ({
  pipelineId: 'sample',
  productName: contract.contractId,
  topic: 'sample',
  topicId: '00000000-0000-0000-0000-000000000000',
  tableUrl: '',
  quarantineUrl: '',
  contract,
  transformHash: 'sample',
  schemaIds: [],
  flushIntervalMs: 1_000,
  flushBytesMax: 1,
  desiredState: 'running',
  generation: 1,
});
