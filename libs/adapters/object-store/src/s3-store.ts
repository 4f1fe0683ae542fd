import type { ObjectStore } from '@headwater/core-delta';
import { operationalError } from '@headwater/kernel';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Connection } from './s3-connection.ts';
import { abortAbandonedUploads, deleteObjects, listObjects } from './s3-listing.ts';
import { keyOf, parseS3Url, type S3Location } from './s3-location.ts';
import { probeStore } from './s3-probe.ts';
import { downloadObject, getObject, headObject } from './s3-read.ts';
import { guardS3 } from './s3-refusal.ts';
import { putObject, putObjectIfAbsent, uploadFile } from './s3-write.ts';
import { openScratch } from './scratch.ts';

const scratch = openScratch(join(tmpdir(), 'headwater-scratch'));

/** A table folder in a bucket. For writing, the store is probed first, once per bucket and process [S9]. */
export async function connectS3Store(
  connection: S3Connection,
  url: string,
  mode: 'read' | 'write',
): Promise<ObjectStore> {
  const location = parseS3Url(url);
  const guard = <T>(path: string, action: () => Promise<T>) => guardS3(connection, location, path, action);
  if (mode === 'write') await guard('', () => prepareTable(connection, location));
  const object = (path: string) => ({ Bucket: location.bucket, Key: keyOf(location, path) });
  return {
    url: location.url,
    list: (prefix, startAfter) => guardList(connection, location, prefix, startAfter),
    get: (path) => guard(path, () => getObject(connection, object(path))),
    getRange: (path, range) => guard(path, () => getObject(connection, object(path), range)),
    head: (path) => guard(path, () => headObject(connection, object(path), path)),
    put: (path, bytes) => guard(path, async () => void (await putObject(connection, object(path), bytes))),
    putIfAbsent: (path, bytes) => guard(path, () => putObjectIfAbsent(connection, object(path), bytes)),
    putFile: (path, localFile) =>
      guard(path, async () => {
        const size = await uploadFile(connection, object(path), localFile);
        await rm(localFile, { force: true });
        return { path, size, modifiedMs: Date.now() };
      }),
    delete: (paths) =>
      guard(paths[0] ?? '', () =>
        deleteObjects(
          connection,
          location.bucket,
          paths.map((path) => object(path).Key),
        ),
      ),
    readable: (path) =>
      guard(path, async () => {
        const name = join(await scratch.folder(), randomUUID());
        if (!(await downloadObject(connection, object(path), name))) throw objectMissing(location, path);
        return { name, release: () => rm(name, { force: true }) };
      }),
    scratchFolder: scratch.folder,
  };
}

/** Probes the bucket when nobody did, and gives back what uploads of dead processes left in the table [I14]. */
async function prepareTable(connection: S3Connection, location: S3Location): Promise<void> {
  const { bucket } = location;
  let probed = connection.probed.get(bucket);
  if (probed === undefined) {
    probed = probeStore(connection, location).then((storeMs) => storeMs - Date.now());
    connection.probed.set(bucket, probed);
    probed.catch(() => connection.probed.delete(bucket));
  }
  const aheadMs = await probed;
  // A store that cannot list uploads keeps its own rules for abandoned ones.
  await abortAbandonedUploads(connection, location, Date.now() + aheadMs).catch(() => 0);
}

async function* guardList(
  connection: S3Connection,
  location: S3Location,
  prefix: string,
  startAfter?: string,
): ReturnType<ObjectStore['list']> {
  const pages = listObjects(connection, location, prefix, startAfter)[Symbol.asyncIterator]();
  for (;;) {
    const next = await guardS3(connection, location, prefix, () => pages.next());
    if (next.done === true) return;
    yield next.value;
  }
}

const objectMissing = ({ url }: S3Location, path: string) =>
  operationalError({
    code: 'HW_STORE_OBJECT_MISSING',
    message: `${url} has no object ${path}.`,
    fix: 'Restore it, or read a version of the table that does not name it.',
    canRetry: true,
  });
