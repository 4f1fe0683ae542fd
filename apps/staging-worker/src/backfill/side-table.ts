import { putOnce, readLogEntry, type ObjectStore } from '@headwater/core-delta';
import {
  backfillManifestPath,
  encodeBackfillManifest,
  joinBackfillLedger,
  parseBackfillManifest,
  readBatchRecord,
  type BackfillManifest,
  type BatchRecord,
} from '@headwater/core-staging';
import { canonicalJson, unexpectedError, userError } from '@headwater/kernel';
import type { LaneTable } from '../lane/lane-table.ts';

/** Says in the side table what it is for; one that is there must say the same. */
export async function storeManifest({ io }: LaneTable, manifest: BackfillManifest): Promise<void> {
  const put = await putOnce(io.store, backfillManifestPath, encodeBackfillManifest(manifest), {
    code: 'HW_BACKFILL_MANIFEST_LOST',
    what: 'What the side table is for',
  });
  if (put.kind === 'written') return;
  if (canonicalText(toManifest(io.store, put.bytes)) === canonicalText(manifest)) return;
  throw userError({
    code: 'HW_BACKFILL_TABLE_TAKEN',
    message: `The table ${io.store.url} is not the side table of backfill ${manifest.backfillId}.`,
    fix: 'Move it away, then plan again.',
  });
}

const canonicalText = (manifest: BackfillManifest): string =>
  canonicalJson({ text: new TextDecoder().decode(encodeBackfillManifest(manifest)) });

/** What the side table says it is for; undefined when it says nothing. */
export async function readManifest({ io }: Pick<LaneTable, 'io'>): Promise<BackfillManifest | undefined> {
  const bytes = await io.store.get(backfillManifestPath);
  return bytes === undefined ? undefined : toManifest(io.store, bytes);
}

function toManifest(store: ObjectStore, bytes: Uint8Array): BackfillManifest {
  const parsed = parseBackfillManifest(bytes);
  if (parsed.ok) return parsed.value;
  throw unexpectedError({
    code: 'HW_BACKFILL_MANIFEST',
    message: `${backfillManifestPath} of ${store.url} cannot be read: ${parsed.error}`,
  });
}

/** The parts in the side table, in the order they were landed. */
export async function readParts(
  { io, snapshot }: LaneTable,
  pipelineId: string,
): Promise<readonly BatchRecord[]> {
  const parts: BatchRecord[] = [];
  for (let version = 0n; version <= snapshot.version; version++) {
    const batch = readBatchRecord((await readLogEntry(io.store, version)) ?? [], { pipelineId, lane: 0 });
    if (batch !== undefined) parts.push(batch);
  }
  return parts;
}

/** The account of the side table, from its own log. */
export const readSideLedger = async (table: LaneTable, { pipelineId, ranges }: BackfillManifest) =>
  joinBackfillLedger(
    ranges,
    (await readParts(table, pipelineId)).flatMap(({ entries }) => entries),
  );
