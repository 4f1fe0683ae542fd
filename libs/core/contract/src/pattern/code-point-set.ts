/** A set of Unicode code points as ascending, disjoint, inclusive ranges. */
export type CodePointSet = readonly (readonly [number, number])[];

export const POINT_MAX = 0x10ffff;

export function toSet(ranges: readonly (readonly [number, number])[]): CodePointSet {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [low, high] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

export function complement(set: CodePointSet): CodePointSet {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [low, high] of set) {
    if (low > next) gaps.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= POINT_MAX) gaps.push([next, POINT_MAX]);
  return gaps;
}

export const single = (point: number): CodePointSet => [[point, point]];

export const DIGITS: CodePointSet = [[0x30, 0x39]];
export const WORD: CodePointSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
/** WhiteSpace and LineTerminator of ECMA-262. */
export const SPACE: CodePointSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
/** What `.` matches: everything but line terminators. */
export const NOT_LINE_END: CodePointSet = complement([
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
]);

const PROPERTIES_KEPT_MAX = 64;
const properties = new Map<string, CodePointSet>();

/** Members of a Unicode property such as `L` or `Script=Hangul`, as the runtime's own tables have them. */
export function unicodeProperty(name: string): CodePointSet {
  const kept = properties.get(name);
  if (kept !== undefined) return kept;
  const found = readProperty(name);
  if (properties.size < PROPERTIES_KEPT_MAX) properties.set(name, found);
  return found;
}

function readProperty(name: string): CodePointSet {
  const expression = new RegExp(`^\\p{${name}}$`, 'u');
  const ranges: [number, number][] = [];
  for (let point = 0; point <= POINT_MAX; point++) {
    if (!expression.test(String.fromCodePoint(point))) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === point - 1) last[1] = point;
    else ranges.push([point, point]);
  }
  return ranges;
}
