import { operationalError } from '@headwater/kernel';
import { randomUUID } from 'node:crypto';
import { describeStore } from './s3-refusal.ts';
import type { S3Connection } from './s3-connection.ts';
import type { S3Location } from './s3-location.ts';
import { deleteObjects, listObjects } from './s3-listing.ts';
import { getObject, headObject } from './s3-read.ts';
import { putObjectIfAbsent } from './s3-write.ts';

/** Sends of a probe put whose answer was lost. */
const SENDS_MAX = 5;

/**
 * Proves that the store can commit [S9]: of two conditional puts of one key the first succeeds and the second is told
 * that the key is taken, the bytes read back are the first ones, and a listing shows the key. Returns the time by the
 * store's clock.
 */
export async function probeStore(connection: S3Connection, location: S3Location): Promise<number> {
  const path = `_headwater/probe/${randomUUID()}`;
  const object = { Bucket: location.bucket, Key: location.prefix + path };
  try {
    const first = await putUntilAnswered(connection, object, 'first');
    if (first !== 'created') throw probeFailed(connection, location, 'a new key counts as taken');
    const second = await putUntilAnswered(connection, object, 'second');
    if (second === 'created')
      throw probeFailed(connection, location, 'a put with If-None-Match: * replaced an object');
    const read = await getObject(connection, object);
    if (read === undefined || new TextDecoder().decode(read) !== 'first') {
      throw probeFailed(connection, location, 'an object that was written is not read back');
    }
    if (!(await isListed(connection, location, path))) {
      throw probeFailed(connection, location, 'an object that was written is not listed');
    }
    return (await headObject(connection, object, path))?.modifiedMs ?? 0;
  } finally {
    await deleteObjects(connection, location.bucket, [object.Key]).catch(() => undefined);
  }
}

async function putUntilAnswered(
  connection: S3Connection,
  object: { readonly Bucket: string; readonly Key: string },
  text: 'first' | 'second',
): Promise<'created' | 'exists'> {
  const bytes = new TextEncoder().encode(text);
  let wasLost = false;
  for (let sends = 1; ; sends++) {
    const answer = await putObjectIfAbsent(connection, object, bytes);
    if (answer.kind === 'created') return 'created';
    // Nobody else knows the key: a taken one after a lost answer is our own.
    if (answer.kind === 'exists') return wasLost && text === 'first' ? 'created' : 'exists';
    wasLost = true;
    if (sends >= SENDS_MAX) throw new Error(answer.cause);
    await connection.backOff(sends);
  }
}

async function isListed(connection: S3Connection, location: S3Location, path: string): Promise<boolean> {
  for await (const found of listObjects(connection, location, path)) if (found.path === path) return true;
  return false;
}

const probeFailed = (connection: S3Connection, { bucket }: S3Location, why: string) =>
  operationalError({
    code: 'HW_STORE_PROBE_FAILED',
    message: `${describeStore(connection)}, bucket ${bucket}, cannot commit atomically: ${why}.`,
    fix: 'Use a store with conditional writes (If-None-Match on PutObject): AWS S3, or a release of your store that has them.',
    canRetry: true,
  });
