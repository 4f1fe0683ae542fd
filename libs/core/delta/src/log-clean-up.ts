import { parseLogPath } from './log-files.ts';
import { listLogFiles } from './log-segment.ts';
import type { ObjectInfo } from './object-store.ts';

const DAY_MS = 86_400_000;

/**
 * The log files that may go. PROTOCOL.md, Metadata Cleanup: the newest checkpoint at or before the newest commit of the
 * cut-off day stays, with the commit of its version and everything after. Without such a checkpoint nothing goes.
 * `isExact` cuts at the moment instead of the midnight before it, for promises shorter than days.
 */
export function planLogCleanUp(
  files: readonly ObjectInfo[],
  retention: { readonly nowMs: number; readonly logRetentionMs: number; readonly isExact?: boolean },
): readonly string[] {
  const granularityMs = retention.isExact === true ? 1 : DAY_MS;
  const cutOffMs = Math.floor((retention.nowMs - retention.logRetentionMs) / granularityMs) * granularityMs;
  const { commits, checkpoints } = listLogFiles(files);
  const cutOffCommit = newestCommitAt([...commits.values()], cutOffMs);
  if (cutOffCommit === undefined) return [];
  const kept = checkpoints
    .map(({ version }) => version)
    .filter((version) => version <= cutOffCommit)
    .reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  if (kept === undefined) return [];
  return files.filter(({ path }) => isBefore(path, kept)).map(({ path }) => path);
}

/** Commit times never run backwards: a commit is as new as the newest before it. */
function newestCommitAt(
  commits: readonly { readonly version: bigint; readonly modifiedMs: number }[],
  cutOffMs: number,
): bigint | undefined {
  const ascending = [...commits].sort((a, b) => (a.version < b.version ? -1 : 1));
  let newest: bigint | undefined;
  for (const { version, modifiedMs } of ascending) {
    if (modifiedMs > cutOffMs) break;
    newest = version;
  }
  return newest;
}

function isBefore(path: string, kept: bigint): boolean {
  const file = parseLogPath(path);
  if (file === undefined) return false;
  return file.kind === 'compacted' ? file.version <= kept : file.version < kept;
}
