import { err, ok, type Result } from '@headwater/kernel';
import { parseLogPath } from './log-files.ts';
import type { ObjectInfo } from './object-store.ts';

/** The files that make one version: at most one checkpoint and the commits after it, contiguous and ascending. */
export interface LogSegment {
  readonly version: bigint;
  readonly checkpoint?: CheckpointFilesOfVersion;
  readonly commits: readonly CommitFile[];
}

export interface CheckpointFilesOfVersion {
  readonly version: bigint;
  readonly kind: 'parquet' | 'json';
  /** One path, or all parts in order. */
  readonly paths: readonly string[];
}

export interface CommitFile {
  readonly version: bigint;
  readonly path: string;
  /** Milliseconds since the epoch, by the store's clock. */
  readonly modifiedMs: number;
}

export type SegmentProblem =
  | { readonly kind: 'noTable' }
  | { readonly kind: 'gap'; readonly missing: bigint }
  | { readonly kind: 'versionTooNew'; readonly latest: bigint }
  | { readonly kind: 'versionCleanedUp'; readonly oldest: bigint };

/**
 * Picks the newest complete checkpoint at or before the wanted version and every commit after it. A gap is refused:
 * a version that was there once must not be skipped in silence.
 */
export function planLogSegment(
  files: readonly ObjectInfo[],
  wanted?: bigint,
): Result<LogSegment, SegmentProblem> {
  const all = listLogFiles(files);
  const latest = maxOf([...all.commits.keys(), ...all.checkpoints.map((each) => each.version)]);
  if (latest === undefined) return err({ kind: 'noTable' });
  if (wanted !== undefined && wanted > latest) return err({ kind: 'versionTooNew', latest });
  const version = wanted ?? latest;
  const checkpoint = all.checkpoints
    .filter((each) => each.version <= version)
    .reduce<CheckpointFilesOfVersion | undefined>(newerCheckpoint, undefined);
  const commits: CommitFile[] = [];
  for (let next = checkpoint === undefined ? 0n : checkpoint.version + 1n; next <= version; next++) {
    const commit = all.commits.get(next);
    if (commit === undefined) return err(missingCommit(next, all.checkpoints));
    commits.push(commit);
  }
  return ok({ version, commits, ...(checkpoint === undefined ? {} : { checkpoint }) });
}

/** A log whose start is gone can be rebuilt from its oldest checkpoint on. */
function missingCommit(missing: bigint, checkpoints: readonly CheckpointFilesOfVersion[]): SegmentProblem {
  const oldest = checkpoints
    .map((each) => each.version)
    .reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  return missing === 0n && oldest !== undefined
    ? { kind: 'versionCleanedUp', oldest }
    : { kind: 'gap', missing };
}

function newerCheckpoint(
  best: CheckpointFilesOfVersion | undefined,
  candidate: CheckpointFilesOfVersion,
): CheckpointFilesOfVersion {
  return best === undefined || candidate.version >= best.version ? candidate : best;
}

/** Commits by version and complete checkpoints; multi-part checkpoints with missing parts are ignored. */
export function listLogFiles(files: readonly ObjectInfo[]): {
  readonly commits: ReadonlyMap<bigint, CommitFile>;
  readonly checkpoints: readonly CheckpointFilesOfVersion[];
} {
  const commits = new Map<bigint, CommitFile>();
  const checkpoints: CheckpointFilesOfVersion[] = [];
  const parts = new Map<string, { version: bigint; parts: number; paths: Map<number, string> }>();
  for (const { path, modifiedMs, size } of files) {
    const file = parseLogPath(path);
    if (file === undefined) continue;
    if (file.kind === 'commit') commits.set(file.version, { version: file.version, path, modifiedMs });
    if (file.kind === 'checkpoint' && size > 0) {
      checkpoints.push({ version: file.version, kind: 'parquet', paths: [path] });
    }
    if (file.kind === 'checkpointV2' && size > 0) {
      checkpoints.push({ version: file.version, kind: file.format, paths: [path] });
    }
    if (file.kind === 'checkpointPart' && size > 0) {
      const key = `${file.version}/${file.parts}`;
      const group = parts.get(key) ?? { version: file.version, parts: file.parts, paths: new Map() };
      group.paths.set(file.part, path);
      parts.set(key, group);
    }
  }
  for (const group of parts.values()) {
    const paths = [...group.paths].sort(([a], [b]) => a - b).map(([, path]) => path);
    if (paths.length === group.parts) checkpoints.push({ version: group.version, kind: 'parquet', paths });
  }
  return { commits, checkpoints };
}

const maxOf = (versions: readonly bigint[]) =>
  versions.reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
