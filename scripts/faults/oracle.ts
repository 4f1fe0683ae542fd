import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import { createCheckpointFiles, openDatabase, quoteText, type Database } from '@headwater/adapter-parquet';
import { loadSnapshot, readLogEntry, type Snapshot } from '@headwater/core-delta';
import {
  judgeBalance,
  nextOffsetsIn,
  readBatchRecord,
  type BatchRecord,
  type PipelineSpec,
} from '@headwater/core-staging';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** What the tables hold of the ranges they say are staged. Topics of the harness hold nothing but records with a value. */
export interface Standing {
  /** Next offset per partition, by the primary table. */
  readonly nextOffsets: ReadonlyMap<number, bigint>;
  readonly staged: bigint;
  readonly landed: bigint;
  readonly quarantined: bigint;
  readonly lost: bigint;
  readonly duplicated: bigint;
}

export interface Oracle {
  /** Counts while staging goes on: everything below the committed positions must be in exactly one place, once. */
  look(): Promise<Standing>;
  /** Every batch balances, batches follow each other without a gap; a sentence for each that does not. */
  judgeLedger(): Promise<readonly string[]>;
  close(): void;
}

export async function openOracle(pipeline: PipelineSpec): Promise<Oracle> {
  const database = await openDatabase({ threads: 1, memoryMiB: 512 });
  return {
    look: () => look(database, pipeline),
    judgeLedger: () => judgeLedger(database, pipeline),
    close: () => database.close(),
  };
}

async function look(database: Database, pipeline: PipelineSpec): Promise<Standing> {
  // The primary first: what it says is staged has its quarantine rows committed before.
  const primary = await openTable(database, pipeline.tableUrl);
  const quarantine = await openTable(database, pipeline.quarantineUrl);
  const txns = new Map([...(primary?.txns.entries() ?? [])].map(([appId, txn]) => [appId, txn.version]));
  const nextOffsets = nextOffsetsIn(txns, pipeline.pipelineId, pipeline.topicId);
  const landed = await countBelow(
    database,
    pipeline.tableUrl,
    primary,
    ['_partition', '_offset'],
    nextOffsets,
  );
  const refused = await countBelow(
    database,
    pipeline.quarantineUrl,
    quarantine,
    ['partition', 'offset'],
    nextOffsets,
  );
  const staged = [...nextOffsets.values()].reduce((sum, offset) => sum + offset, 0n);
  const distinct = landed.distinct + refused.distinct;
  const rows = landed.rows + refused.rows;
  return {
    nextOffsets,
    staged,
    landed: landed.distinct,
    quarantined: refused.distinct,
    lost: staged > distinct ? staged - distinct : 0n,
    duplicated: rows - (distinct < staged ? distinct : staged),
  };
}

async function openTable(database: Database, url: string): Promise<Snapshot | undefined> {
  const store = await connectObjectStore(url, 'read');
  return loadSnapshot({ store, checkpointFiles: createCheckpointFiles(database), md5 });
}

async function countBelow(
  database: Database,
  url: string,
  snapshot: Snapshot | undefined,
  [partition, offset]: readonly [string, string],
  nextOffsets: ReadonlyMap<number, bigint>,
): Promise<{ readonly rows: bigint; readonly distinct: bigint }> {
  const files = [...(snapshot?.files.values() ?? [])].map((add) =>
    quoteText(path.join(fileURLToPath(url), decodeURIComponent(add.path))),
  );
  if (files.length === 0 || nextOffsets.size === 0) return { rows: 0n, distinct: 0n };
  const below = [...nextOffsets].map(([p, next]) => `("${partition}" = ${p} and "${offset}" < ${next})`);
  const [row] = await database.use(async (connection) =>
    (
      await connection.runAndReadAll(
        `select count(*)::varchar, count(distinct ("${partition}", "${offset}"))::varchar
         from read_parquet([${files.join()}]) where ${below.join(' or ')}`,
      )
    ).getRows(),
  );
  return { rows: BigInt(String(row?.[0])), distinct: BigInt(String(row?.[1])) };
}

async function judgeLedger(database: Database, pipeline: PipelineSpec): Promise<readonly string[]> {
  const store = await connectObjectStore(pipeline.tableUrl, 'read');
  const snapshot = await openTable(database, pipeline.tableUrl);
  const problems: string[] = [];
  const ends = new Map<number, bigint>();
  let expectedSeq = 0;
  for (let version = 0n; version <= (snapshot?.version ?? -1n); version++) {
    const actions = (await readLogEntry(store, version)) ?? [];
    const batch = readBatchRecord(actions, { pipelineId: pipeline.pipelineId, lane: 0 });
    if (batch === undefined) continue;
    if (batch.batchSeq !== expectedSeq)
      problems.push(`version ${version}: batch ${batch.batchSeq}, not ${expectedSeq}`);
    expectedSeq = batch.batchSeq + 1;
    problems.push(...judgeBatch(batch, ends).map((problem) => `version ${version}: ${problem}`));
  }
  return problems;
}

function judgeBatch(batch: BatchRecord, ends: Map<number, bigint>): readonly string[] {
  const problems: string[] = [];
  const balance = judgeBalance(batch.entries);
  if (balance.kind === 'imbalance') problems.push(balance.cause);
  for (const { partition, from, to } of batch.entries) {
    const expected = ends.get(partition) ?? 0n;
    if (from !== expected) problems.push(`partition ${partition} begins at ${from}, not ${expected}`);
    ends.set(partition, to);
  }
  return problems;
}
