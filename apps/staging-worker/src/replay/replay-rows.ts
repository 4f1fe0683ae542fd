import {
  copyWithoutRecords,
  readLandedCoordinates,
  readReplayCoordinates,
  readReplayRows,
  type Database,
} from '@headwater/adapter-parquet';
import { locateFile, withReadable, type AddFile, type Snapshot } from '@headwater/core-delta';
import type { Coordinate } from '@headwater/core-staging';
import type { OpenTable } from './opened-table.ts';
import type { ReplayRows } from './operating-world.ts';

/** The rows of a replay, read by DuckDB. */
export function createReplayRows(database: Database): ReplayRows {
  const over = <T>(
    table: OpenTable,
    files: readonly string[],
    read: (names: readonly string[]) => Promise<T>,
  ) => withReadable(table.store, files, read);
  return {
    refused: (table, query) =>
      over(table, livePaths(table.snapshot), (names) => readReplayRows(database, names, query)),
    coordinates: (table, query) =>
      over(table, livePaths(table.snapshot), (names) => readReplayCoordinates(database, names, query)),
    landed: (table, topic, among) =>
      over(table, pathsThatMayHold(table.snapshot, among), (names) =>
        readLandedCoordinates(database, names, topic, among),
      ),
    ofFiles: (files, topic, among) =>
      readLandedCoordinates(
        database,
        files.map(({ localFile }) => localFile),
        topic,
        among,
      ),
    async without(table, coordinates) {
      const scratch = await table.store.scratchFolder();
      const replaced: {
        readonly path: string;
        readonly rest: Awaited<ReturnType<typeof copyWithoutRecords>>;
      }[] = [];
      for (const add of table.snapshot.files.values()) {
        const path = pathOf(add);
        if (path === undefined || !mayHold(add, coordinates, 'partition', 'offset')) continue;
        await over(table, [path], async ([name = '']) => {
          const rest = await copyWithoutRecords(database, name, coordinates, scratch);
          replaced.push({ path: add.path, rest });
        });
      }
      return replaced;
    },
  };
}

const pathOf = ({ path }: AddFile): string | undefined => {
  const location = locateFile(path);
  return location.kind === 'relative' ? location.path : undefined;
};

const livePaths = (snapshot: Snapshot): readonly string[] =>
  [...snapshot.files.values()].flatMap((add) => pathOf(add) ?? []);

const pathsThatMayHold = (snapshot: Snapshot, among: readonly Coordinate[]): readonly string[] =>
  [...snapshot.files.values()]
    .filter((add) => mayHold(add, among, '_partition', '_offset'))
    .flatMap((add) => pathOf(add) ?? []);

interface Bounds {
  readonly minValues?: Readonly<Record<string, unknown>>;
  readonly maxValues?: Readonly<Record<string, unknown>>;
}

/** False only when the statistics of the file prove that none of the coordinates is in it. */
function mayHold(
  add: AddFile,
  among: readonly Coordinate[],
  partitionName: string,
  offsetName: string,
): boolean {
  // Offsets past 2^53 lose digits here, so the bounds are widened by more than that loss.
  const { minValues = {}, maxValues = {} } = JSON.parse(add.stats ?? '{}') as Bounds;
  const within = (name: string, value: number): boolean => {
    const [min, max] = [minValues[name], maxValues[name]];
    if (typeof min !== 'number' || typeof max !== 'number') return true;
    const slack = Math.max(Math.abs(min), Math.abs(max)) > Number.MAX_SAFE_INTEGER ? 4_096 : 0;
    return value >= min - slack && value <= max + slack;
  };
  return among.some(
    ({ partition, offset }) => within(partitionName, partition) && within(offsetName, Number(offset)),
  );
}
