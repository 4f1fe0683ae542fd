import { operationalError, userError } from '@headwater/kernel';
import type { DeletionVectorDescriptor } from './actions.ts';
import { crc32 } from './crc32.ts';
import { deletionVectorPath } from './deletion-vector-path.ts';
import { locateFile } from './file-path.ts';
import { parseRowSet, type RowSet } from './roaring.ts';
import { decodeZ85 } from './z85.ts';

/** Where the bytes of deletion vector files come from. */
export interface DeletionVectorSource {
  /** An object of the table, by its relative path. */
  get(path: string): Promise<Uint8Array | undefined>;
  /** A file anywhere, by its URL. */
  getUrl(url: string): Promise<Uint8Array | undefined>;
}

/** The rows of a data file that are deleted. PROTOCOL.md, Deletion Vectors. */
export async function readDeletionVector(
  source: DeletionVectorSource,
  vector: DeletionVectorDescriptor,
): Promise<RowSet> {
  const { storageType, pathOrInlineDv } = vector;
  if (storageType === 'i') {
    const bytes = decodeZ85(pathOrInlineDv);
    if (bytes === undefined) throw corrupt('an inline deletion vector', 'it is not Z85');
    return toRowSet(bytes.subarray(0, vector.sizeInBytes), vector, 'an inline deletion vector');
  }
  if (storageType !== 'u' && storageType !== 'p') {
    throw corrupt('a deletion vector', `its storage type "${storageType}" is not known`);
  }
  const { file, where } = await readFile(source, storageType, pathOrInlineDv);
  return toRowSet(cutVector(file, vector.offset ?? 0, where), vector, where);
}

async function readFile(source: DeletionVectorSource, storageType: 'u' | 'p', text: string) {
  const relative = storageType === 'u' ? deletionVectorPath(text) : undefined;
  if (storageType === 'u' && relative === undefined)
    throw corrupt('a deletion vector', 'its UUID is not Z85');
  const location = storageType === 'u' ? undefined : locateFile(text);
  const where = relative ?? (location?.kind === 'absolute' ? location.url : text);
  const file =
    location?.kind === 'absolute' ? await source.getUrl(location.url) : await source.get(relative ?? text);
  if (file === undefined) {
    throw operationalError({
      code: 'HW_DELTA_DELETION_VECTOR_MISSING',
      message: `Deletion vector file ${where} is missing.`,
      fix: 'Restore the file; without it, deleted rows would come back.',
    });
  }
  return { file, where };
}

/** Size and checksum are big-endian around the bitmap. PROTOCOL.md, Deletion Vector File Storage Format. */
function cutVector(file: Uint8Array, offset: number, where: string): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file[0] !== 1) throw corrupt(where, `its format version ${file[0] ?? 'missing'} is not known`);
  const start = offset + 4;
  if (start > file.byteLength) throw corrupt(where, 'it is too short');
  const size = view.getUint32(offset);
  if (start + size + 4 > file.byteLength) throw corrupt(where, 'it is too short');
  const data = file.subarray(start, start + size);
  if (crc32(data) !== view.getUint32(start + size)) throw corrupt(where, 'its checksum does not match');
  return data;
}

function toRowSet(bytes: Uint8Array, vector: DeletionVectorDescriptor, where: string): RowSet {
  const rows = parseRowSet(bytes);
  if (rows === undefined) throw corrupt(where, 'it is no Roaring bitmap');
  if (rows.cardinality !== vector.cardinality) {
    throw corrupt(where, `it names ${rows.cardinality} rows, the log says ${vector.cardinality}`);
  }
  return rows;
}

const corrupt = (where: string, what: string) =>
  userError({
    code: 'HW_DELTA_DELETION_VECTOR_CORRUPT',
    message: `The rows deleted by ${where} cannot be read: ${what}.`,
    fix: 'Restore the file; without it, deleted rows would come back.',
  });
