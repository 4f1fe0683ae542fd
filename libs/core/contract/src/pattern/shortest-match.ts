import { compilePatternTable } from './pattern-table.ts';
import type { CompiledPattern } from './pattern-table.ts';

/** Code points a text must and may have. */
export interface TextLength {
  readonly least: number;
  readonly most: number;
}

/** Places looked at before a text counts as not found. */
const PLACES_MAX = 200_000;

/** A place in the search: one state of each pattern, and how it was reached. */
interface Place {
  readonly states: readonly number[];
  readonly point: number;
  readonly before: Place | undefined;
}

/**
 * The shortest text of that length that every pattern matches, of letters and digits where they will do. Undefined when
 * there is none, or when the patterns are too large to look for one.
 */
export function shortestMatch(patterns: readonly string[], { least, most }: TextLength): string | undefined {
  const tables: CompiledPattern[] = [];
  for (const pattern of patterns) {
    const table = compilePatternTable(pattern);
    if (!table.ok) return undefined;
    tables.push(table.value);
  }
  const letters = alphabet(tables);
  let layer: readonly Place[] = [{ states: tables.map(() => 0), point: -1, before: undefined }];
  let places = 1;
  for (let length = 0; layer.length > 0; length++) {
    const found = length >= least ? layer.find(({ states }) => isMatched(tables, states)) : undefined;
    if (found !== undefined) return textOf(found);
    if (length >= most || places > PLACES_MAX) return undefined;
    layer = nextLayer(tables, letters, layer);
    places += layer.length;
  }
  return undefined;
}

const isMatched = (tables: readonly CompiledPattern[], states: readonly number[]): boolean =>
  tables.every(({ endings }, i) => endings[states[i]!] !== 0);

function nextLayer(
  tables: readonly CompiledPattern[],
  letters: readonly Letter[],
  layer: readonly Place[],
): readonly Place[] {
  const reached = new Map<string, Place>();
  for (const before of layer) {
    for (const { point, kinds } of letters) {
      const states = tables.map(
        ({ steps, classCount }, i) => steps[before.states[i]! * classCount + kinds[i]!]!,
      );
      const key = states.join();
      if (!reached.has(key)) reached.set(key, { states, point, before });
    }
  }
  return [...reached.values()];
}

function textOf(place: Place): string {
  const points: number[] = [];
  for (let at = place; at.before !== undefined; at = at.before) points.push(at.point);
  return String.fromCodePoint(...points.reverse());
}

/** A code point and its class in each pattern. */
interface Letter {
  readonly point: number;
  readonly kinds: readonly number[];
}

/** One code point for each set of them that no pattern tells apart, the most readable one. */
function alphabet(tables: readonly CompiledPattern[]): readonly Letter[] {
  const letters = new Map<string, Letter>();
  for (const point of [...READABLE, ...tables.flatMap(({ bounds }) => [...bounds])]) {
    if (!isWritable(point)) continue;
    const kinds = tables.map((table) => classOf(table, point));
    const key = kinds.join();
    if (!letters.has(key)) letters.set(key, { point, kinds });
  }
  return [...letters.values()];
}

const between = (first: string, last: string): readonly number[] => {
  const from = first.codePointAt(0)!;
  return Array.from({ length: last.codePointAt(0)! - from + 1 }, (_, i) => from + i);
};
const READABLE = [
  ...between('a', 'z'),
  ...between('0', '9'),
  ...between('A', 'Z'),
  ...between('-', '.'),
  ...between(' ', '~'),
];

/** No control character, and no half of a surrogate pair. */
const isWritable = (point: number): boolean =>
  point >= 0x20 && point !== 0x7f && (point < 0xd800 || point > 0xdfff);

function classOf({ asciiClasses, bounds, boundClasses }: CompiledPattern, point: number): number {
  if (point < asciiClasses.length) return asciiClasses[point]!;
  return boundClasses[bounds.findLastIndex((bound) => bound <= point)]!;
}
