/** What a change asks of those who use the data; the strongest one of a changelog decides its version. */
export type Classification = 'breaking' | 'compatible' | 'docs' | 'none';

const STRENGTH: readonly Classification[] = ['none', 'docs', 'compatible', 'breaking'];

export const strongest = (classifications: readonly Classification[]): Classification =>
  classifications.reduce((a, b) => (STRENGTH.indexOf(b) > STRENGTH.indexOf(a) ? b : a), 'none');

/**
 * The semantic version that follows `version`: breaking raises the major number, compatible the minor, docs the patch.
 * Missing numbers count as 0, a leading `v` and everything behind the third number is dropped; a version that is no
 * number at all is taken for 0.0.0.
 */
export function nextVersion(version: string, classification: Classification): string {
  const [major, minor, patch] = numbersOf(version);
  switch (classification) {
    case 'breaking':
      return `${major + 1n}.0.0`;
    case 'compatible':
      return `${major}.${minor + 1n}.0`;
    case 'docs':
      return `${major}.${minor}.${patch + 1n}`;
    case 'none':
      return version;
  }
}

function numbersOf(version: string): readonly [bigint, bigint, bigint] {
  const match = /^v?(\d{1,18})(?:\.(\d{1,18}))?(?:\.(\d{1,18}))?/.exec(version);
  return [BigInt(match?.[1] ?? 0), BigInt(match?.[2] ?? 0), BigInt(match?.[3] ?? 0)];
}

/** Whether `version` is at least as far from `previous` as `classification` asks. */
export function isVersionEnough(previous: string, version: string, classification: Classification): boolean {
  const [needed, given] = [numbersOf(nextVersion(previous, classification)), numbersOf(version)];
  for (const i of [0, 1, 2] as const) if (given[i] !== needed[i]) return given[i] > needed[i];
  return true;
}
