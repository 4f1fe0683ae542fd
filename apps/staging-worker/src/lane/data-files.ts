import { dataFilePath, encodeLogPath, type AddFile } from '@headwater/core-delta';
import type { LandedFile } from '@headwater/core-staging';
import { rm } from 'node:fs/promises';
import type { LaneTable } from './lane-table.ts';
import type { LaneWorld } from './lane-world.ts';

/** Files of one batch that are published at the same time. */
const PUBLISHED_AT_ONCE = 4;

/**
 * Moves finished files into the table under names nobody else has; durable when this resolves [S3]. When one cannot be
 * moved, those that were are removed again: no commit will name them.
 */
export async function publishFiles(
  world: LaneWorld,
  table: LaneTable,
  files: readonly LandedFile[],
): Promise<readonly AddFile[]> {
  const adds: AddFile[] = [];
  for (let start = 0; start < files.length; start += PUBLISHED_AT_ONCE) {
    const some = files.slice(start, start + PUBLISHED_AT_ONCE);
    const published = await Promise.allSettled(some.map((file) => publishFile(world, table, file)));
    for (const each of published) if (each.status === 'fulfilled') adds.push(each.value);
    const failed = published.find((each) => each.status === 'rejected');
    if (failed === undefined) continue;
    await unpublishFiles(table, adds);
    throw failed.reason;
  }
  return adds;
}

async function publishFile(
  world: LaneWorld,
  { io, snapshot }: LaneTable,
  { localFile, partitionValues, stats }: LandedFile,
): Promise<AddFile> {
  const path = dataFilePath(partitionValues, snapshot.metaData.partitionColumns, world.ids.uuid());
  const { size, modifiedMs } = await io.store.putFile(path, localFile);
  const modificationTime = modifiedMs;
  return { path: encodeLogPath(path), partitionValues, size, modificationTime, dataChange: true, stats };
}

/** Removes published files that no commit names. What cannot be removed is left to vacuum. */
export async function unpublishFiles({ io }: LaneTable, adds: readonly AddFile[]): Promise<void> {
  if (adds.length === 0) return;
  await io.store.delete(adds.map(({ path }) => decodeURIComponent(path))).catch(() => undefined);
}

/** Removes files that will not be published. */
export async function dropFiles(files: readonly LandedFile[]): Promise<void> {
  for (const { localFile } of files) await rm(localFile, { force: true });
}
