import { userError } from '@headwater/kernel';
import type { Action, AddFile, RemoveFile } from './actions.ts';
import { recordCount, timeBounds } from './file-bounds.ts';
import type { Snapshot } from './snapshot.ts';

/** Live files by what a cut in time means for them. */
export interface RemoveFilesPlan {
  /** Every row is older than the cut. */
  readonly past: readonly AddFile[];
  /** Rows on both sides of the cut; these wait for a rewrite of rows. */
  readonly mixed: readonly AddFile[];
  /** The log does not say how old the rows are (no statistics, or NULL in the column). */
  readonly unknown: readonly AddFile[];
  /** Of the files in `past`; absent when one of them has no record count. */
  readonly records?: bigint;
  readonly bytes: number;
}

/** Which files lie wholly before `cutUs` (microseconds) by the given time column. Reads statistics only. */
export function planRemoveFiles(snapshot: Snapshot, columnName: string, cutUs: bigint): RemoveFilesPlan {
  const column = snapshot.schema.fields.find(({ name }) => name === columnName);
  if (column === undefined || !['date', 'timestamp', 'timestamp_ntz'].includes(String(column.type))) {
    throw userError({
      code: 'HW_DELTA_CLOCK_COLUMN_INVALID',
      message: `Table ${snapshot.tableUrl} has no date or timestamp column ${columnName} to tell the age of its rows.`,
      fix: 'Name a date or timestamp column of the table as the clock of its retention policy.',
    });
  }
  const groups = { past: [] as AddFile[], mixed: [] as AddFile[], unknown: [] as AddFile[] };
  for (const add of snapshot.files.values()) {
    const bounds = timeBounds(add, column);
    if (bounds === undefined) groups.unknown.push(add);
    else if (bounds.max < cutUs) groups.past.push(add);
    else if (bounds.min < cutUs) groups.mixed.push(add);
  }
  const bytes = groups.past.reduce((sum, { size }) => sum + size, 0);
  const records = sumRecords(groups.past);
  return { ...groups, bytes, ...(records === undefined ? {} : { records }) };
}

/** The actions that take the files out of the table; their rows are gone from its newest version on. */
export function toRemoves(files: readonly AddFile[], deletionTimestamp: number): readonly Action[] {
  return files.map((add) => ({ remove: toRemove(add, deletionTimestamp) }));
}

/** Statistics and tags are left behind: a tombstone needs none, and they may hold values of the rows. */
function toRemove(add: AddFile, deletionTimestamp: number): RemoveFile {
  const { path, partitionValues, size, deletionVector, baseRowId, defaultRowCommitVersion } = add;
  return {
    path,
    deletionTimestamp,
    dataChange: true,
    extendedFileMetadata: true,
    partitionValues,
    size,
    ...(deletionVector === undefined ? {} : { deletionVector }),
    ...(baseRowId === undefined ? {} : { baseRowId }),
    ...(defaultRowCommitVersion === undefined ? {} : { defaultRowCommitVersion }),
  };
}

function sumRecords(files: readonly AddFile[]): bigint | undefined {
  let sum = 0n;
  for (const add of files) {
    const records = recordCount(add);
    if (records === undefined) return undefined;
    sum += records - BigInt(add.deletionVector?.cardinality ?? 0);
  }
  return sum;
}
