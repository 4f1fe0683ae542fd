type Version = readonly [number, number, number];

/** Whether the range says anything that can be compared. */
export const isVersionRange = (range: string): boolean =>
  range.length <= 200 && range.split('||').every((part) => comparatorsOf(part) !== undefined);

/** Whether `version` lies in `range`; false for a range that cannot be read. */
export const satisfies = (version: string, range: string): boolean => {
  const given = numbersOf(version);
  return range
    .split('||')
    .some((part) => comparatorsOf(part)?.every((comparator) => holds(comparator, given)) ?? false);
};

interface Comparator {
  readonly from?: Version;
  /** Exclusive. */
  readonly until?: Version;
}

const COMPARATOR = /^(\^|~|>=|<=|>|<|=)?v?(\d{1,9}|[xX*])(?:\.(\d{1,9}|[xX*]))?(?:\.(\d{1,9}|[xX*]))?$/;

function comparatorsOf(part: string): readonly Comparator[] | undefined {
  const words = part
    .trim()
    .replace(/(\^|~|>=|<=|>|<|=)\s+/g, '$1')
    .split(/\s+/);
  const read = words.map(comparatorOf);
  return read.every((comparator) => comparator !== undefined) ? read : undefined;
}

function comparatorOf(word: string): Comparator | undefined {
  const match = COMPARATOR.exec(word);
  if (match === null) return undefined;
  const [, operator = '=', ...digits] = match;
  const numbers = digits.flatMap((digit) =>
    digit === undefined || /[xX*]/.test(digit) ? [] : [Number(digit)],
  );
  const [major = 0, minor = 0, patch = 0] = numbers;
  const from: Version = [major, minor, patch];
  switch (operator) {
    case '^':
      return { from, until: major > 0 || numbers.length < 2 ? [major + 1, 0, 0] : [0, minor + 1, 0] };
    case '~':
      return { from, until: numbers.length < 2 ? [major + 1, 0, 0] : [major, minor + 1, 0] };
    case '>=':
      return { from };
    case '<':
      return { until: from };
    case '>':
      return { from: after(numbers) };
    case '<=':
      return { until: after(numbers) };
    default:
      return numbers.length === 0 ? {} : { from, until: after(numbers) };
  }
}

/** The first version behind those that begin with these numbers. */
function after([major = 0, minor, patch]: readonly number[]): Version {
  if (minor === undefined) return [major + 1, 0, 0];
  return patch === undefined ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

const holds = ({ from, until }: Comparator, version: Version): boolean =>
  (from === undefined || compare(version, from) >= 0) && (until === undefined || compare(version, until) < 0);

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

function numbersOf(version: string): Version {
  const match = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?/.exec(version);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0), Number(match?.[3] ?? 0)];
}
