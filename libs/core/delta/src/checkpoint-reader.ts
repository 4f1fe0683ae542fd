import type { Action, Sidecar } from './actions.ts';
import { parseActionLine, parseLogEntry } from './action-codec.ts';
import { locateFile } from './file-path.ts';
import { SIDECAR_FOLDER } from './log-files.ts';
import type { CheckpointFilesOfVersion } from './log-segment.ts';
import { openReadable, releaseAll } from './object-store.ts';
import type { TableIo } from './table-io.ts';
import { operationalError, type HeadwaterError } from '@headwater/kernel';

/** The actions of a checkpoint, V1 or V2, with those of its sidecars. PROTOCOL.md, Checkpoint Specs. */
export async function* readCheckpoint(
  io: TableIo,
  checkpoint: CheckpointFilesOfVersion,
): AsyncIterable<readonly Action[]> {
  const sidecars: Sidecar[] = [];
  for await (const actions of readTopLevel(io, checkpoint)) {
    for (const action of actions) if ('sidecar' in action) sidecars.push(action.sidecar);
    yield actions;
  }
  if (sidecars.length === 0) return;
  yield* readParquet(
    io,
    sidecars.map((sidecar) => sidecarPath(sidecar.path)),
  );
}

async function* readTopLevel(
  io: TableIo,
  checkpoint: CheckpointFilesOfVersion,
): AsyncIterable<readonly Action[]> {
  if (checkpoint.kind === 'parquet') {
    yield* readParquet(io, checkpoint.paths);
    return;
  }
  for (const path of checkpoint.paths) {
    const bytes = await io.store.get(path);
    if (bytes === undefined) throw listedFileGone(io.store.url, path);
    yield parseLogEntry(bytes, path);
  }
}

async function* readParquet(io: TableIo, paths: readonly string[]): AsyncIterable<readonly Action[]> {
  const where = paths[0] ?? '';
  for (const path of paths) {
    if ((await io.store.head(path)) === undefined) throw listedFileGone(io.store.url, path);
  }
  const files = await openReadable(io.store, paths);
  try {
    for await (const lines of io.checkpointFiles.read(files.map(({ name }) => name))) {
      const actions: Action[] = [];
      for (const line of lines) {
        const action = parseActionLine(line, where);
        if (action !== undefined) actions.push(action);
      }
      yield actions;
    }
  } finally {
    await releaseAll(files);
  }
}

/** A sidecar's path is a bare name, or a path that ends with one; sidecars only ever lie in their folder. */
function sidecarPath(logPath: string): string {
  const location = locateFile(logPath);
  const path = location.kind === 'relative' ? location.path : location.url;
  return `${SIDECAR_FOLDER}${path.slice(path.lastIndexOf('/') + 1)}`;
}

/** A file of the log that was listed a moment ago: log clean-up passed by, and another listing helps. */
export const LISTED_FILE_GONE = 'HW_DELTA_LISTED_FILE_GONE';

export const listedFileGone = (tableUrl: string, path: string): HeadwaterError =>
  operationalError({
    code: LISTED_FILE_GONE,
    message: `${path} of ${tableUrl} was removed while the table was being read.`,
    fix: 'Read the table again.',
    canRetry: true,
  });
