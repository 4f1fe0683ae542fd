import { putOnce, type ObjectStore } from '@headwater/core-delta';
import { unexpectedError } from '@headwater/kernel';

export interface BeginScope {
  readonly pipelineId: string;
  readonly topicId: string;
}

/** `_headwater/<pipelineId>/begins/<topicId>/<partition>`: an offset in decimal digits, written once. */
const beginPath = ({ pipelineId, topicId }: BeginScope, partition: number): string =>
  `_headwater/${pipelineId}/begins/${topicId}/${partition}`;

const AT_ONCE = 8;

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
  const put = await putOnce(store, path, new TextEncoder().encode(String(offset)), {
    code: 'HW_STAGING_BEGIN_LOST',
    what: 'Where a partition begins',
  });
  return put.kind === 'written' ? offset : toBegin(store, path, put.bytes);
}

async function readBegin(store: ObjectStore, path: string): Promise<bigint | undefined> {
  const bytes = await store.get(path);
  return bytes === undefined ? undefined : toBegin(store, path, bytes);
}

function toBegin(store: ObjectStore, path: string, bytes: Uint8Array): bigint {
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
