import type { AddFile, DeletionVectorDescriptor, RemoveFile } from './actions.ts';
import { deletionVectorPath } from './deletion-vector-path.ts';
import { locateFile } from './file-path.ts';
import type { ObjectInfo } from './object-store.ts';
import type { Snapshot } from './snapshot.ts';
import { judgeWritable } from './protocol.ts';

export interface VacuumPlan {
  /** Files that a `remove` made useless, past their retention. */
  readonly removed: readonly ObjectInfo[];
  /** Files that nothing in the log names: left by writers that died. */
  readonly orphans: readonly ObjectInfo[];
}

export interface VacuumRetention {
  readonly nowMs: number;
  /** How long removed files stay readable; see `deletedFileRetentionMs`. */
  readonly deletedFileRetentionMs: number;
  /** Start of the oldest lease of a reader or writer that is still running, if any. */
  readonly oldestLeaseMs?: number;
}

/** Which files of the table folder may be deleted. Throws when the table's protocol forbids us to write. */
export function planVacuum(
  files: readonly ObjectInfo[],
  snapshot: Snapshot,
  retention: VacuumRetention,
): VacuumPlan {
  const refused = judgeWritable(snapshot.protocol, snapshot.metaData, snapshot.tableUrl);
  if (refused !== undefined) throw refused;
  const keptFromMs = Math.min(
    retention.nowMs - retention.deletedFileRetentionMs,
    retention.oldestLeaseMs ?? Infinity,
  );
  const { partitionColumns } = snapshot.metaData;
  const needed = neededPaths(snapshot, keptFromMs);
  const removedPaths = relativePaths(snapshot.removes.values());
  const removed: ObjectInfo[] = [];
  const orphans: ObjectInfo[] = [];
  for (const file of files) {
    if (needed.has(file.path) || isHidden(file.path, partitionColumns)) continue;
    if (removedPaths.has(file.path)) removed.push(file);
    else if (file.modifiedMs < keptFromMs) orphans.push(file);
  }
  return { removed, orphans };
}

/** Live files, files removed too recently, and the deletion vectors of both. */
function neededPaths(snapshot: Snapshot, keptFromMs: number): ReadonlySet<string> {
  const recent = [...snapshot.removes.values()].filter(
    ({ deletionTimestamp }) => (deletionTimestamp ?? 0) >= keptFromMs,
  );
  return relativePaths([...snapshot.files.values(), ...recent]);
}

function relativePaths(files: Iterable<AddFile | RemoveFile>): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const file of files) {
    const location = locateFile(file.path);
    if (location.kind === 'relative') paths.add(location.path);
    const vector = vectorPath(file.deletionVector);
    if (vector !== undefined) paths.add(vector);
  }
  return paths;
}

function vectorPath(vector: DeletionVectorDescriptor | undefined): string | undefined {
  if (vector?.storageType !== 'u') return undefined;
  return deletionVectorPath(vector.pathOrInlineDv);
}

/** Names that start with `_` or `.` belong to others, except hive folders of partition columns named so. */
function isHidden(path: string, partitionColumns: readonly string[]): boolean {
  return path
    .split('/')
    .some(
      (segment) =>
        /^[_.]/.test(segment) && !partitionColumns.some((column) => segment.startsWith(`${column}=`)),
    );
}
