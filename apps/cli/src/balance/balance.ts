import { readToEnd, type OffsetRange } from '@headwater/adapter-domain-client';
import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import { createCheckpointFiles, openBalanceJoin, openDatabase } from '@headwater/adapter-parquet';
import type { BalanceJoin } from '@headwater/adapter-parquet';
import type { CompiledContract } from '@headwater/core-contract';
import { loadSnapshot, type ObjectStore, type Snapshot } from '@headwater/core-delta';
import { operationalError } from '@headwater/kernel';
import type { KafkaSettings } from '@headwater/platform-config';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toBalanceSheet, type BalanceSheet } from './balance-sheet.ts';

export interface BalanceInput {
  readonly settings: KafkaSettings;
  readonly topic: string;
  /** Id of the topic the tables were staged from; rows of an earlier topic of that name are an error. */
  readonly topicId: string;
  readonly tableUrl: string;
  readonly quarantineUrl: string;
  readonly contract: CompiledContract;
  /** What the broker acknowledged to the producers: all of it must be read. */
  readonly acknowledged?: readonly OffsetRange[];
  /** Shown in the sheet; the time of the balance itself when left out. */
  readonly seconds?: number;
  readonly onProgress?: (recordsRead: number) => void;
}

const MEMORY_MIB = 768;

/**
 * Reads the topic to its end with another client and joins it with both tables on (topic id, partition, offset, hash of
 * the content). The topic is read first: what staging lands meanwhile is beyond the ranges read and not counted. Call it
 * when staging has passed the end of the topic.
 */
export async function balance(input: BalanceInput): Promise<BalanceSheet> {
  const startedMs = performance.now();
  const spillFolder = await mkdtemp(path.join(tmpdir(), 'headwater-balance-'));
  const limits = { threads: 2, memoryMiB: MEMORY_MIB, spillFolder };
  const join = await openBalanceJoin(input.contract.columns, limits);
  try {
    const ranges = await readTopic(input, join);
    await addTables(input, join);
    const counts = await join.count(ranges, input.acknowledged ?? []);
    return toBalanceSheet(counts, input.seconds ?? (performance.now() - startedMs) / 1000);
  } finally {
    join.close();
    await rm(spillFolder, { recursive: true, force: true });
  }
}

async function readTopic(input: BalanceInput, join: BalanceJoin): Promise<readonly OffsetRange[]> {
  let read = 0;
  const { ranges } = await readToEnd({
    settings: input.settings,
    topic: input.topic,
    onBatch: ({ partition, records }) => {
      join.addRead(partition, records);
      read += records.length;
      input.onProgress?.(read);
    },
  });
  return ranges;
}

async function addTables(input: BalanceInput, join: BalanceJoin): Promise<void> {
  const primary = await openTable(input.tableUrl);
  if (primary !== undefined) {
    requireOneTopic(primary.snapshot, input);
    await join.addPrimary(primary.store, primary.snapshot);
  }
  const quarantine = await openTable(input.quarantineUrl);
  if (quarantine !== undefined) await join.addQuarantine(quarantine.store, quarantine.snapshot);
}

/** Undefined while nothing was staged: then everything read is lost. */
async function openTable(
  url: string,
): Promise<{ readonly store: ObjectStore; readonly snapshot: Snapshot } | undefined> {
  const database = await openDatabase({ threads: 1, memoryMiB: 256 });
  try {
    const store = await connectObjectStore(url, 'read');
    const snapshot = await loadSnapshot({ store, checkpointFiles: createCheckpointFiles(database), md5 });
    return snapshot === undefined ? undefined : { store, snapshot };
  } finally {
    database.close();
  }
}

const primaryTxn = /^headwater:[^:]+:([0-9a-f-]{36}):\d+$/;

/** Rows carry the name of their topic; its id is in the table's txn versions. */
function requireOneTopic({ txns, tableUrl }: Snapshot, { topic, topicId }: BalanceInput): void {
  for (const [appId] of txns.entries()) {
    const staged = primaryTxn.exec(appId)?.[1];
    if (staged === undefined || staged === topicId) continue;
    throw operationalError({
      code: 'HW_BALANCE_OTHER_TOPIC',
      message: `Table ${tableUrl} holds rows of an earlier topic ${topic} (id ${staged}, not ${topicId}).`,
      fix: 'Balance a table that was staged from this topic only.',
      path: tableUrl,
    });
  }
}
