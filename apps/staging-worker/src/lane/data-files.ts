import { dataFilePath, encodeLogPath, type AddFile } from '@headwater/core-delta';
import type { LandedFile } from '@headwater/core-staging';
import { rm } from 'node:fs/promises';
import type { LaneTable } from './lane-table.ts';
import type { LaneWorld } from './lane-world.ts';

/** Moves finished files into the table under names nobody else has; durable when this resolves [S3]. */
export async function publishFiles(
  world: LaneWorld,
  { io, snapshot }: LaneTable,
  files: readonly LandedFile[],
): Promise<readonly AddFile[]> {
  const adds: AddFile[] = [];
  for (const { localFile, partitionValues, stats } of files) {
    const path = dataFilePath(partitionValues, snapshot.metaData.partitionColumns, world.ids.uuid());
    const { size, modifiedMs } = await io.store.putFile(path, localFile);
    adds.push({
      path: encodeLogPath(path),
      partitionValues,
      size,
      modificationTime: modifiedMs,
      dataChange: true,
      stats,
    });
  }
  return adds;
}

/** Removes files that will not be published. */
export async function dropFiles(files: readonly LandedFile[]): Promise<void> {
  for (const { localFile } of files) await rm(localFile, { force: true });
}
