import type { CompiledContract } from '@headwater/core-contract';
import type {
  LandedOutputs,
  PipelineSpec,
  RecordSetBatch,
  RecordSetEngine,
  RecordSetReport,
} from '@headwater/core-staging';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRecordBatch, type BatchToEncode, type RecordToEncode } from './record-batch-encoder.ts';

/** What the contract suite needs to know about an implementation, and an independent reader of what it wrote. */
export interface EngineUnderTest {
  readonly engine: RecordSetEngine;
  readonly crc32c: (bytes: Uint8Array) => number;
  readonly compress: Readonly<Record<'gzip' | 'snappy' | 'lz4' | 'zstd', (plain: Buffer) => Buffer>>;
  /** Rows of a SELECT over Parquet files, which are called `rows`; every value as JSON of its text. */
  select(files: readonly string[], sql: string): Promise<readonly Record<string, unknown>[]>;
}

let pipelines = 0;
export const pipelineOf = (contract: CompiledContract, schemaIds: readonly number[] = []): PipelineSpec => ({
  pipelineId: `suite-${++pipelines}`,
  productName: 'suite/product',
  topic: "suite.it's a topic",
  topicId: 'a8b1f2d0-0000-4000-8000-00000000000a',
  tableUrl: 'file:///suite',
  quarantineUrl: 'file:///suite__quarantine',
  contract,
  transformHash: 'suite',
  schemaIds,
  flushIntervalMs: 1_000,
  flushBytesMax: 1 << 20,
  desiredState: 'running',
  generation: 1,
});

export const BATCH_ID = '0b5f9c1e-1111-4222-8333-944444444444';
export const INGESTED_AT_US = 1_790_000_000_123_456n;

/** Values as records of one record batch, the first at `offset`; a number after a value repeats nothing. */
export const records = (
  values: readonly (string | Uint8Array | null)[],
  offset = 0n,
): readonly RecordToEncode[] =>
  values.map((value, index) => ({
    offset: offset + BigInt(index),
    timestampMs: 1_790_000_000_000 + index,
    key: Buffer.from(`k${index}`),
    value: typeof value === 'string' ? Buffer.from(value) : value,
  }));

export interface SetToAdd {
  readonly partition?: number;
  readonly batches: readonly BatchToEncode[];
  readonly from?: bigint;
  readonly to?: bigint;
  readonly aborted?: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
}

export interface Landed extends LandedOutputs {
  readonly reports: readonly RecordSetReport[];
  readonly primaryFiles: readonly string[];
  readonly quarantineFiles: readonly string[];
}

/** Adds record sets to the batch as a lane would. */
export function addSet(
  under: EngineUnderTest,
  batch: RecordSetBatch,
  set: SetToAdd,
): Promise<RecordSetReport> {
  const recordSet = Buffer.concat(set.batches.map((each) => encodeRecordBatch(each, under.crc32c)));
  const first = set.batches[0]?.baseOffset ?? set.batches[0]?.records[0]?.offset ?? 0n;
  return batch.add({
    partition: set.partition ?? 0,
    recordSet,
    from: set.from ?? first,
    to: set.to ?? 1n << 62n,
    aborted: set.aborted ?? [],
  });
}

export const beginBatch = (under: EngineUnderTest, pipeline: PipelineSpec): Promise<RecordSetBatch> =>
  under.engine.beginBatch({ pipeline, batchId: BATCH_ID, ingestedAtUs: INGESTED_AT_US });

const scratch: string[] = [];

/** Lands the sets as one batch in a folder of its own. */
export async function land(
  under: EngineUnderTest,
  pipeline: PipelineSpec,
  sets: readonly SetToAdd[],
): Promise<Landed> {
  const batch = await beginBatch(under, pipeline);
  const reports: RecordSetReport[] = [];
  for (const set of sets) reports.push(await addSet(under, batch, set));
  return { reports, ...(await landInFolder(batch)) };
}

export async function landInFolder(batch: RecordSetBatch): Promise<Omit<Landed, 'reports'>> {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-engine-'));
  scratch.push(folder);
  const outputs = await batch.land(folder);
  return {
    ...outputs,
    primaryFiles: outputs.primary.map(({ localFile }) => localFile),
    quarantineFiles: outputs.quarantine.map(({ localFile }) => localFile),
  };
}

export function removeScratch(): void {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true, force: true });
}
