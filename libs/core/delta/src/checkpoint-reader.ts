import type { Action, Sidecar } from './actions.ts';
import { parseActionLine, parseLogEntry } from './action-codec.ts';
import { locateFile } from './file-path.ts';
import { SIDECAR_FOLDER } from './log-files.ts';
import type { CheckpointFilesOfVersion } from './log-segment.ts';
import type { TableIo } from './table-io.ts';
import { operationalError } from '@headwater/kernel';

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
    if (bytes === undefined) throw checkpointVanished(io, path);
    yield parseLogEntry(bytes, path);
  }
}

async function* readParquet(io: TableIo, paths: readonly string[]): AsyncIterable<readonly Action[]> {
  const where = paths[0] ?? '';
  const names = paths.map((path) => io.store.readableName(path));
  for await (const lines of io.checkpointFiles.read(names)) {
    const actions: Action[] = [];
    for (const line of lines) {
      const action = parseActionLine(line, where);
      if (action !== undefined) actions.push(action);
    }
    yield actions;
  }
}

/** A sidecar's path is a bare name, or a path that ends with one; sidecars only ever lie in their folder. */
function sidecarPath(logPath: string): string {
  const location = locateFile(logPath);
  const path = location.kind === 'relative' ? location.path : location.url;
  return `${SIDECAR_FOLDER}${path.slice(path.lastIndexOf('/') + 1)}`;
}

const checkpointVanished = (io: TableIo, path: string) =>
  operationalError({
    code: 'HW_DELTA_CHECKPOINT_VANISHED',
    message: `Checkpoint ${path} of ${io.store.url} was removed while it was being read.`,
    fix: 'Read the table again.',
    canRetry: true,
  });
