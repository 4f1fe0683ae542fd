import type { ObjectStore } from '@headwater/core-delta';
import { unexpectedError } from '@headwater/kernel';

export interface BeginScope {
  readonly pipelineId: string;
  readonly topicId: string;
}

/** `_headwater/<pipelineId>/begins/<topicId>/<partition>`: an offset in decimal digits, written once. */
const beginPath = ({ pipelineId, topicId }: BeginScope, partition: number): string =>
  `_headwater/${pipelineId}/begins/${topicId}/${partition}`;

const AT_ONCE = 8;
const ATTEMPTS = 3;

/**
 * Where partitions begin that the pipeline has committed nothing of. The first answer of `earliest` is kept for good:
 * what expires between the first look at a partition and its first batch is a gap then, and no later beginning [S8].
 */
export async function fixBegins(
  store: ObjectStore,
  scope: BeginScope,
  partitions: readonly number[],
  earliest: (partitions: readonly number[]) => Promise<ReadonlyMap<number, bigint>>,
): Promise<Map<number, bigint>> {
  const begins = new Map<number, bigint>();
  await inTurns(partitions, async (partition) => {
    const found = await readBegin(store, beginPath(scope, partition));
    if (found !== undefined) begins.set(partition, found);
  });
  const unseen = partitions.filter((partition) => !begins.has(partition));
  if (unseen.length === 0) return begins;
  const answered = await earliest(unseen);
  await inTurns(unseen, async (partition) => {
    const offset = answered.get(partition);
    if (offset !== undefined)
      begins.set(partition, await keepBegin(store, beginPath(scope, partition), offset));
  });
  return begins;
}

/** Another owner may have kept one before; that one counts. */
async function keepBegin(store: ObjectStore, path: string, offset: bigint): Promise<bigint> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const put = await store.putIfAbsent(path, new TextEncoder().encode(String(offset)));
    if (put.kind === 'created') return offset;
    const kept = await readBegin(store, path);
    if (kept !== undefined) return kept;
  }
  throw unexpectedError({
    code: 'HW_STAGING_BEGIN_LOST',
    message: `Where a partition begins can neither be written to nor read from ${path} of ${store.url}.`,
    fix: 'Check that the lake answers reads and conditional writes for this folder.',
    canRetry: true,
  });
}

async function readBegin(store: ObjectStore, path: string): Promise<bigint | undefined> {
  const bytes = await store.get(path);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  throw unexpectedError({
    code: 'HW_STAGING_BEGIN_UNREADABLE',
    message: `${path} of ${store.url} is no offset.`,
    fix: 'Restore the object; where a partition begins is never guessed.',
  });
}

async function inTurns(
  partitions: readonly number[],
  act: (partition: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < partitions.length; from += AT_ONCE) {
    await Promise.all(partitions.slice(from, from + AT_ONCE).map(act));
  }
}
