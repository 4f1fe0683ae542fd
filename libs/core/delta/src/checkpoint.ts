import { formatAction } from './action-codec.ts';
import type { Action, RemoveFile } from './actions.ts';
import { formatLastCheckpoint, parseLastCheckpoint } from './last-checkpoint.ts';
import { LAST_CHECKPOINT, checkpointPath } from './log-files.ts';
import type { Snapshot } from './snapshot.ts';
import type { TableIo } from './table-io.ts';
import { deletedFileRetentionMs } from './table-property.ts';

/** True when the snapshot's version is one that gets a checkpoint; `interval` counts versions. */
export function isCheckpointDue(snapshot: Snapshot, interval: number): boolean {
  return snapshot.version > 0n && snapshot.version % BigInt(interval) === 0n;
}

/**
 * Writes the V1 checkpoint of a committed version and points `_last_checkpoint` at it, unless that already points
 * further. Returns undefined when the table asks for statistics in a form that is not written here.
 */
export async function writeCheckpoint(
  io: TableIo,
  snapshot: Snapshot,
  nowMs: number,
): Promise<{ readonly actions: number; readonly size: number } | undefined> {
  if (snapshot.metaData.configuration['delta.checkpoint.writeStatsAsJson'] === 'false') return undefined;
  let actions = 0;
  const lines = function* () {
    for (const action of checkpointActions(snapshot, nowMs)) {
      actions++;
      yield formatAction(action);
    }
  };
  const { localFile } = await io.checkpointFiles.write(await io.store.scratchFolder(), lines());
  const { size } = await io.store.putFile(checkpointPath(snapshot.version), localFile);
  await pointAt(io, snapshot, { actions, size });
  return { actions, size };
}

/** The content of a checkpoint: the state without commitInfo and without tombstones past their retention. */
export function* checkpointActions(snapshot: Snapshot, nowMs: number): Iterable<Action> {
  yield { protocol: snapshot.protocol };
  yield { metaData: snapshot.metaData };
  for (const txn of snapshot.txns.values()) yield { txn };
  for (const domainMetadata of snapshot.domains.values()) yield { domainMetadata };
  const expiredBefore = nowMs - deletedFileRetentionMs(snapshot.metaData);
  for (const remove of snapshot.removes.values()) {
    if ((remove.deletionTimestamp ?? 0) > expiredBefore) yield { remove: toTombstone(remove) };
  }
  for (const add of snapshot.files.values()) yield { add: { ...add, dataChange: false } };
}

/** Tombstones in checkpoints are for vacuum only. PROTOCOL.md, Checkpoint Schema. */
function toTombstone(remove: RemoveFile): RemoveFile {
  const omitted = ['stats', 'tags'];
  const kept = Object.entries({ ...remove, dataChange: false }).filter(([name]) => !omitted.includes(name));
  return Object.fromEntries(kept) as unknown as RemoveFile;
}

async function pointAt(
  io: TableIo,
  snapshot: Snapshot,
  written: { readonly actions: number; readonly size: number },
): Promise<void> {
  const current = await io.store.get(LAST_CHECKPOINT);
  const pointed =
    current === undefined ? undefined : parseLastCheckpoint(new TextDecoder().decode(current), io.md5);
  if (pointed !== undefined && pointed.version > snapshot.version) return;
  const last = {
    version: snapshot.version,
    size: written.actions,
    sizeInBytes: written.size,
    numOfAddFiles: snapshot.files.size,
  };
  await io.store.put(LAST_CHECKPOINT, new TextEncoder().encode(formatLastCheckpoint(last, io.md5)));
}
