import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ConditionalPut } from '@headwater/core-delta';
import type { S3Settings } from '@headwater/platform-config';
import { open, type FileHandle } from 'node:fs/promises';
import type { S3Connection } from './s3-connection.ts';
import { judgeFailure } from './s3-failure.ts';
import { headObject, settleAll, type S3Object } from './s3-read.ts';

/** Headers that ask for encryption, for every request that makes an object. */
const encryptionOf = ({ encryption }: S3Settings) => ({
  ...(encryption === undefined ? {} : { ServerSideEncryption: encryption.kind }),
  ...(encryption?.kind === 'aws:kms' && encryption.keyId !== undefined
    ? { SSEKMSKeyId: encryption.keyId }
    : {}),
});

export const putObject = (connection: S3Connection, object: S3Object, bytes: Uint8Array): Promise<unknown> =>
  connection.repeat((client, options) =>
    client.send(
      new PutObjectCommand({ ...object, Body: bytes, ...encryptionOf(connection.settings) }),
      options,
    ),
  );

/**
 * Sent exactly once. An answer that promises nothing comes back after a short wait, so that whoever sends again does
 * not storm the store.
 */
export async function putObjectIfAbsent(
  connection: S3Connection,
  object: S3Object,
  bytes: Uint8Array,
): Promise<ConditionalPut> {
  const command = () =>
    new PutObjectCommand({ ...object, Body: bytes, IfNoneMatch: '*', ...encryptionOf(connection.settings) });
  try {
    await connection.once((client, options) => client.send(command(), options));
    return { kind: 'created' };
  } catch (error) {
    const { kind, name, status, message } = judgeFailure(error);
    if (kind === 'taken') return { kind: 'exists' };
    if (kind !== 'outage' && kind !== 'conflict') throw error;
    await connection.backOff(0);
    return { kind: 'ambiguous', cause: `${status ?? name}: ${message}` };
  }
}

/** S3 takes at most 10,000 parts. */
const PARTS_MAX = 9_000;

/** Uploads the file, large ones in parts at the same time. Nothing is left behind when it fails [I14]. */
export async function uploadFile(
  connection: S3Connection,
  object: S3Object,
  localFile: string,
): Promise<number> {
  const file = await open(localFile, 'r');
  try {
    const { size } = await file.stat();
    if (size > connection.limits.partBytes) await uploadInParts(connection, object, file, size);
    else
      await connection.transfers.run(async () =>
        putObject(connection, object, await readPart(file, { offset: 0, length: size })),
      );
    return size;
  } finally {
    await file.close();
  }
}

async function uploadInParts(
  connection: S3Connection,
  object: S3Object,
  file: FileHandle,
  size: number,
): Promise<void> {
  const started = await connection.repeat((client, options) =>
    client.send(
      new CreateMultipartUploadCommand({ ...object, ...encryptionOf(connection.settings) }),
      options,
    ),
  );
  const upload = { ...object, UploadId: started.UploadId };
  const partBytes = Math.max(connection.limits.partBytes, Math.ceil(size / PARTS_MAX));
  let hasFailed = false;
  const sendPart = (index: number) =>
    connection.transfers.run(async () => {
      if (hasFailed) return { ETag: undefined, PartNumber: index + 1 };
      const offset = index * partBytes;
      const Body = await readPart(file, { offset, length: Math.min(partBytes, size - offset) });
      const PartNumber = index + 1;
      try {
        const { ETag } = await connection.repeat((client, options) =>
          client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), options),
        );
        return { ETag, PartNumber };
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    });
  try {
    const parts = await settleAll(
      Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => sendPart(index)),
    );
    await completeUpload(connection, object, size, () =>
      connection.repeat((client, options) =>
        client.send(
          new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [...parts] } }),
          options,
        ),
      ),
    );
  } catch (error) {
    await abortUpload(connection, upload);
    throw error;
  }
}

/** A repeated completion finds no upload when the first one took effect: then the object is there, whole. */
async function completeUpload(
  connection: S3Connection,
  object: S3Object,
  size: number,
  complete: () => Promise<unknown>,
): Promise<void> {
  try {
    await complete();
  } catch (error) {
    const isGone = judgeFailure(error).name === 'NoSuchUpload';
    if (!isGone || (await headObject(connection, object, ''))?.size !== size) throw error;
  }
}

/** Parts that could not be given back are found at the next start. */
export async function abortUpload(
  connection: S3Connection,
  upload: S3Object & { readonly UploadId: string | undefined },
): Promise<void> {
  await connection
    .repeat((client, options) => client.send(new AbortMultipartUploadCommand(upload), options))
    .catch(() => undefined);
}

async function readPart(file: FileHandle, { offset, length }: { offset: number; length: number }) {
  const buffer = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(buffer, at, length - at, offset + at);
    if (bytesRead === 0) throw new Error(`the file ended after ${offset + at} bytes`);
    at += bytesRead;
  }
  return buffer;
}
