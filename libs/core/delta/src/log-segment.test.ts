import { describe, expect, it } from 'vitest';
import { checkpointPath, logEntryPath } from './log-files.ts';
import { planLogSegment } from './log-segment.ts';
import type { ObjectInfo } from './object-store.ts';

const file = (path: string, size = 10): ObjectInfo => ({ path, size, modifiedMs: 0 });
const commits = (...versions: number[]) => versions.map((version) => file(logEntryPath(BigInt(version))));
const checkpoint = (version: number) => file(checkpointPath(BigInt(version)));
const part = (version: number, index: number, parts: number) => {
  const pad = (n: number) => String(n).padStart(10, '0');
  return file(
    `_delta_log/${String(version).padStart(20, '0')}.checkpoint.${pad(index)}.${pad(parts)}.parquet`,
  );
};
const plan = (files: ObjectInfo[], version?: bigint) => {
  const planned = planLogSegment(files, version);
  return planned.ok
    ? [
        planned.value.checkpoint?.version,
        planned.value.commits.map((commit) => commit.version),
        planned.value.version,
      ]
    : planned.error;
};

describe('[D13] the files that make a version', () => {
  it('without a checkpoint, all commits from 0', () => {
    expect(plan(commits(0, 1, 2))).toEqual([undefined, [0n, 1n, 2n], 2n]);
    expect(plan(commits(0, 1, 2), 1n)).toEqual([undefined, [0n, 1n], 1n]);
  });

  it('the newest complete checkpoint not newer than the version, and the commits after it', () => {
    const files = [...commits(3, 4, 5, 6), checkpoint(2), checkpoint(4)];
    expect(plan(files)).toEqual([4n, [5n, 6n], 6n]);
    expect(plan(files, 3n)).toEqual([2n, [3n], 3n]);
    expect(plan([checkpoint(7)])).toEqual([7n, [], 7n]);
  });

  it('a multi-part checkpoint with a missing part, and an empty one, do not count', () => {
    const files = [...commits(0, 1, 2), part(2, 1, 2)];
    expect(plan(files)).toEqual([undefined, [0n, 1n, 2n], 2n]);
    expect(plan([...files, part(2, 2, 2)])).toEqual([2n, [], 2n]);
    expect(plan([...commits(0, 1), { ...checkpoint(1), size: 0 }])).toEqual([undefined, [0n, 1n], 1n]);
  });

  it('a gap, a version too new and a version cleaned up are told apart', () => {
    expect(plan(commits(0, 2))).toEqual({ kind: 'gap', missing: 1n });
    expect(plan([checkpoint(1), ...commits(3)])).toEqual({ kind: 'gap', missing: 2n });
    expect(plan(commits(0, 1), 5n)).toEqual({ kind: 'versionTooNew', latest: 1n });
    expect(plan([checkpoint(5), ...commits(5, 6)], 3n)).toEqual({ kind: 'versionCleanedUp', oldest: 5n });
    expect(plan([file('_delta_log/readme.txt')])).toEqual({ kind: 'noTable' });
  });
});
