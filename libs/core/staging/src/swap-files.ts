import { fileKey, locateFile, type AddFile } from '@headwater/core-delta';

/** A live file whose statistics do not rule out rows of the ranges. */
export interface SwapCandidate {
  readonly add: AddFile;
  /** Rows in it, and how many of them lie in the ranges. */
  readonly rows: bigint;
  readonly inside: bigint;
}

/** Files of one table that a swap takes out of it. */
export interface SwapFiles {
  /** Every row lies in the ranges. */
  readonly whole: readonly AddFile[];
  /** Rows on both sides: written again with those outside of the ranges only. */
  readonly straddling: readonly AddFile[];
}

/** Most files of one table that one swap takes out or brings in: its intent names each of them. */
export const SWAP_FILES_MAX = 10_000;

/** Which files leave whole and which are written again; a file without a row of the ranges stays as it is. */
export const planSwapFiles = (candidates: readonly SwapCandidate[]): SwapFiles => ({
  whole: candidates.filter(({ rows, inside }) => inside > 0n && inside === rows).map(({ add }) => add),
  straddling: candidates.filter(({ rows, inside }) => inside > 0n && inside < rows).map(({ add }) => add),
});

/** Why rows of these files cannot be swapped, in words; undefined when they can. */
export function judgeSwapFiles(files: readonly AddFile[]): string | undefined {
  if (files.length > SWAP_FILES_MAX) return `${files.length} files are more than ${SWAP_FILES_MAX}`;
  const masked = files.find(({ deletionVector }) => deletionVector !== undefined);
  if (masked !== undefined) return `another engine has masked rows of ${masked.path} with a deletion vector`;
  const foreign = files.find(({ path }) => locateFile(path).kind === 'absolute');
  return foreign === undefined ? undefined : `the file ${foreign.path} lies outside of its table`;
}

/** The files that are not live any more, or live with rows masked. */
export const filesGone = (
  files: readonly AddFile[],
  live: { get(key: string): AddFile | undefined },
): readonly AddFile[] =>
  files.filter(({ path }) => {
    const add = live.get(fileKey(path));
    return add === undefined || add.deletionVector !== undefined;
  });
