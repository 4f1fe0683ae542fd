import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { ByteRange, ObjectInfo } from '@headwater/core-delta';
import { open, rm } from 'node:fs/promises';
import type { S3Connection } from './s3-connection.ts';
import { judgeFailure } from './s3-failure.ts';

export interface S3Object {
  readonly Bucket: string;
  readonly Key: string;
}

/** The whole object or the range of it; undefined when there is none. */
export async function getObject(
  connection: S3Connection,
  object: S3Object,
  range?: ByteRange,
): Promise<Uint8Array | undefined> {
  const Range =
    range === undefined ? {} : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
  try {
    return await connection.repeat(async (client, options) => {
      const { Body, ContentLength } = await client.send(
        new GetObjectCommand({ ...object, ...Range }),
        options,
      );
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      if (ContentLength !== undefined && bytes.length !== ContentLength)
        throw cutShort(bytes.length, ContentLength);
      return bytes;
    });
  } catch (error) {
    const failure = judgeFailure(error);
    if (failure.kind === 'missing') return undefined;
    if (range !== undefined && failure.status === 416) return new Uint8Array();
    throw error;
  }
}

export async function headObject(
  connection: S3Connection,
  object: S3Object,
  path: string,
): Promise<ObjectInfo | undefined> {
  try {
    const { ContentLength, LastModified } = await connection.repeat((client, options) =>
      client.send(new HeadObjectCommand(object), options),
    );
    return { path, size: ContentLength ?? 0, modifiedMs: LastModified?.getTime() ?? 0 };
  } catch (error) {
    // A head has no body, so a missing bucket looks like a missing object: whoever must know asks with a get.
    if (judgeFailure(error).kind === 'missing') return undefined;
    throw error;
  }
}

/** Writes the object to a local file, part by part; false when there is none. A file cut short is removed. */
export async function downloadObject(
  connection: S3Connection,
  object: S3Object,
  localFile: string,
): Promise<boolean> {
  const { partBytes } = connection.limits;
  const part = (offset: number) =>
    connection.transfers.run(() => getObject(connection, object, { offset, length: partBytes }));
  const file = await open(localFile, 'wx');
  try {
    const first = await part(0);
    if (first === undefined) {
      await rm(localFile, { force: true });
      return false;
    }
    await file.write(first, 0, first.length, 0);
    if (first.length < partBytes) return true;
    const size = (await headObject(connection, object, ''))?.size ?? first.length;
    const rest: Promise<void>[] = [];
    for (let offset = partBytes; offset < size; offset += partBytes) {
      const at = offset;
      rest.push(
        connection.transfers.run(async () => {
          const bytes = await getObject(connection, object, { offset: at, length: partBytes });
          if (bytes?.length !== Math.min(partBytes, size - at)) throw cutShort(bytes?.length ?? 0, size - at);
          await file.write(bytes, 0, bytes.length, at);
        }),
      );
    }
    await settleAll(rest);
    return true;
  } catch (error) {
    await rm(localFile, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Waits for all, so that nothing works on after a failure; then throws the first one. */
export async function settleAll<T>(actions: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(actions);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

const cutShort = (got: number, wanted: number) =>
  Object.assign(new Error(`the answer ended after ${got} of ${wanted} bytes`), { name: 'CutShort' });
