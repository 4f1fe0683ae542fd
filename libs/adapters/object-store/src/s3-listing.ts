import { DeleteObjectsCommand, ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ObjectInfo } from '@headwater/core-delta';
import type { S3Connection } from './s3-connection.ts';
import type { S3Location } from './s3-location.ts';
import { abortUpload } from './s3-write.ts';

/** Objects of the table whose path starts with `prefix`, page by page, in code unit order of the path. */
export async function* listObjects(
  connection: S3Connection,
  { bucket, prefix: root }: S3Location,
  prefix: string,
  startAfter?: string,
): AsyncIterable<ObjectInfo> {
  let token: string | undefined;
  do {
    const from = token === undefined ? startAfterOf(root, startAfter) : { ContinuationToken: token };
    const page = await connection.repeat((client, options) =>
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: root + prefix, ...from }), options),
    );
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      if (Key === undefined || Key.endsWith('/')) continue;
      yield { path: Key.slice(root.length), size: Size ?? 0, modifiedMs: LastModified?.getTime() ?? 0 };
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

const startAfterOf = (root: string, startAfter: string | undefined) =>
  startAfter === undefined ? {} : { StartAfter: root + startAfter };

/** Keys one request takes. */
const DELETES_MAX = 1_000;

export async function deleteObjects(
  connection: S3Connection,
  bucket: string,
  keys: readonly string[],
): Promise<void> {
  for (let start = 0; start < keys.length; start += DELETES_MAX) {
    const Objects = keys.slice(start, start + DELETES_MAX).map((Key) => ({ Key }));
    await connection.repeat(async (client, options) => {
      const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
      const { Errors } = await client.send(command, options);
      const failed = Errors?.find(({ Code }) => Code !== 'NoSuchKey');
      if (failed !== undefined) throw notDeleted(failed);
    });
  }
}

/** A key the store did not delete, as an error the judge of failures understands. */
const notDeleted = ({ Code = 'Error', Key = '', Message = '' }) =>
  Object.assign(new Error(`${Key} was not deleted: ${Message}`), {
    name: Code,
    $metadata: { httpStatusCode: Code === 'AccessDenied' ? 403 : Code === 'InternalError' ? 500 : 503 },
  });

/** No upload of ours lasts longer. */
const UPLOAD_MS_MAX = 3_600_000;
/** What one start looks at; the next one goes on. */
const UPLOADS_LOOKED_AT_MAX = 1_000;

/** Gives back the parts of uploads whose process died [I14]. `nowMs` is by the store's clock. */
export async function abortAbandonedUploads(
  connection: S3Connection,
  { bucket, prefix }: S3Location,
  nowMs: number,
): Promise<number> {
  const { Uploads } = await connection.repeat((client, options) =>
    client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, MaxUploads: UPLOADS_LOOKED_AT_MAX }),
      options,
    ),
  );
  let aborted = 0;
  for (const { Key, UploadId, Initiated } of Uploads ?? []) {
    if (Key === undefined || !Key.startsWith(prefix)) continue;
    if (nowMs - (Initiated?.getTime() ?? nowMs) < UPLOAD_MS_MAX) continue;
    await abortUpload(connection, { Bucket: bucket, Key, UploadId });
    aborted++;
  }
  return aborted;
}
