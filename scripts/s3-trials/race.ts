import { connectObjectStore, md5, type S3Connection } from '@headwater/adapter-object-store';
import {
  logEntryPath,
  parseLogEntry,
  batchIdOf,
  type CheckpointFiles,
  type TableIo,
} from '@headwater/core-delta';
import { randomUUID } from 'node:crypto';
import { commitUntilAnswered, newAppend, openTrialTable, requestOf } from './trial-table.ts';

export interface RaceResult {
  readonly versions: number;
  /** Versions that nobody, or more than one writer, was told to have made, or whose entry is another's. */
  readonly wrong: number;
  /** Puts that found the version taken. */
  readonly lostRaces: number;
  readonly wins: readonly number[];
}

/** Two writers with a connection each append to one table until it has so many versions. */
export async function raceForVersions(
  bucket: string,
  connections: readonly [S3Connection, S3Connection],
  checkpointFiles: CheckpointFiles,
  versions: number,
): Promise<RaceResult> {
  const url = `s3://${bucket}/race-${randomUUID()}`;
  const table = await openTrialTable(url, { own: connections[0], rival: connections[1] }, checkpointFiles);
  const winners = new Map<bigint, string[]>();
  let lostRaces = 0;
  const write = async (connection: S3Connection): Promise<number> => {
    const store = await connectObjectStore(url, 'read', connection);
    const io: TableIo = {
      store: {
        ...store,
        async putIfAbsent(path, bytes) {
          const answer = await store.putIfAbsent(path, bytes);
          if (answer.kind === 'exists') lostRaces++;
          return answer;
        },
      },
      checkpointFiles,
      md5,
    };
    let wins = 0;
    for (let snapshot = table.newest; snapshot.version < versions;) {
      const own = newAppend();
      const result = await commitUntilAnswered(io, requestOf(snapshot, own));
      if (result.kind !== 'committed') throw new Error(`a blind append was ${result.kind}`);
      winners.set(result.version, [...(winners.get(result.version) ?? []), own.batchId]);
      wins++;
      ({ snapshot } = result);
    }
    return wins;
  };
  const wins = await Promise.all(connections.map(write));
  let wrong = 0;
  for (let version = 1n; version <= BigInt(versions); version++) {
    const bytes = await table.rival.store.get(logEntryPath(version));
    const made = bytes === undefined ? undefined : batchIdOf(parseLogEntry(bytes, logEntryPath(version)));
    const told = winners.get(version) ?? [];
    if (told.length !== 1 || told[0] !== made) wrong++;
  }
  return { versions, wrong, lostRaces, wins };
}
