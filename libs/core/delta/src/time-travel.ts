import { userError } from '@headwater/kernel';
import { toNumber } from './log-json.ts';
import { listLogFiles, type CommitFile } from './log-segment.ts';
import type { ObjectStore } from './object-store.ts';
import { listLog, loadSnapshot, readLogEntry, type Snapshot } from './snapshot.ts';
import type { TableIo } from './table-io.ts';

/** The table as it was at the given time (milliseconds since the epoch); undefined when there is no table. */
export async function loadSnapshotAsOf(io: TableIo, timestampMs: number): Promise<Snapshot | undefined> {
  const latest = await loadSnapshot(io);
  if (latest === undefined) return undefined;
  const version = await versionAt(io.store, latest, timestampMs);
  return version === latest.version ? latest : loadSnapshot(io, { version });
}

/**
 * The newest version that existed at the given time (milliseconds since the epoch): by in-commit timestamps where the
 * table keeps them, else by the times of the log entries. Throws a user error for a time before the oldest entry.
 */
async function versionAt(store: ObjectStore, latest: Snapshot, timestampMs: number): Promise<bigint> {
  const { commits } = listLogFiles(await listLog(store));
  const ascending = [...commits.values()].sort((a, b) => (a.version < b.version ? -1 : 1));
  const { configuration } = latest.metaData;
  const isTimed = configuration['delta.enableInCommitTimestamps'] === 'true';
  const timedSinceMs = Number(configuration['delta.inCommitTimestampEnablementTimestamp'] ?? 0);
  const timedFrom = BigInt(configuration['delta.inCommitTimestampEnablementVersion'] ?? 0);
  const version =
    isTimed && timestampMs >= timedSinceMs
      ? await newestByCommitInfo(
          store,
          ascending.filter((each) => each.version >= timedFrom),
          timestampMs,
        )
      : newestByModification(
          isTimed ? ascending.filter((each) => each.version < timedFrom) : ascending,
          timestampMs,
        );
  if (version !== undefined) return version;
  throw userError({
    code: 'HW_DELTA_TIMESTAMP_TOO_OLD',
    message: `Table ${store.url} has no version at that time; its log begins later.`,
    fix: 'Ask for a later time or a version.',
  });
}

/** Times never run backwards with the version: an entry is at least a millisecond newer than the one before. */
function newestByModification(ascending: readonly CommitFile[], timestampMs: number): bigint | undefined {
  let newest: bigint | undefined;
  let previousMs = -Infinity;
  for (const { version, modifiedMs } of ascending) {
    previousMs = Math.max(modifiedMs, previousMs + 1);
    if (previousMs > timestampMs) break;
    newest = version;
  }
  return newest;
}

async function newestByCommitInfo(
  store: ObjectStore,
  ascending: readonly CommitFile[],
  timestampMs: number,
): Promise<bigint | undefined> {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const commit = ascending[middle];
    const actions = commit === undefined ? undefined : await readLogEntry(store, commit.version);
    const info = actions?.find((action) => 'commitInfo' in action)?.commitInfo;
    const committedMs = toNumber(info?.['inCommitTimestamp']) ?? commit?.modifiedMs ?? 0;
    if (committedMs <= timestampMs) low = middle + 1;
    else high = middle;
  }
  return ascending[low - 1]?.version;
}
