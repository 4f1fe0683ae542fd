import type { PartitionValues } from './actions.ts';

const NULL_PARTITION = '__HIVE_DEFAULT_PARTITION__';
/** File systems allow 255 bytes per name; longer partition folders give way to a random prefix. */
const FOLDER_BYTES_MAX = 200;

/**
 * Where a new data file goes, relative to the table and not encoded: hive folders (`day=2024-01-01/part-<uuid>...`), or
 * a short random folder when a hive name would start with `_` or `.` (such folders are hidden from readers and vacuum)
 * or be too long for a file system.
 */
export function dataFilePath(
  partitionValues: PartitionValues,
  partitionColumns: readonly string[],
  uuid: string,
): string {
  const file = `part-${uuid}.zstd.parquet`;
  const folders = partitionColumns.map((column) => {
    const value = partitionValues[column];
    return `${escapeHive(column)}=${escapeHive(value ?? NULL_PARTITION)}`;
  });
  const isHidden = folders.some((folder) => /^[_.]/.test(folder));
  const isLong = folders.some((folder) => new TextEncoder().encode(folder).length > FOLDER_BYTES_MAX);
  if (isHidden || isLong) return `${uuid.slice(0, 2)}/${file}`;
  return [...folders, file].join('/');
}

/** Hive's own escaping of folder names, done once here and again, by the log, on top. */
const escapeHive = (text: string) =>
  text.replace(
    /[\u0000-\u001f"#%'*/:=?\\\u007f{}[\]^]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
