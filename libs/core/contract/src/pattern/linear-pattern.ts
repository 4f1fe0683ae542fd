import type { Result } from '@headwater/kernel';
import { ok } from '@headwater/kernel';
import { POINT_MAX } from './code-point-set.ts';
import type { CodePointSet } from './code-point-set.ts';
import { parsePattern } from './parse-pattern.ts';
import { compileProgram } from './program.ts';
import type { Program } from './program.ts';

/**
 * A compiled pattern. `matches` searches valid UTF-8 anywhere in bytes[start, end), in time linear in its length
 * whatever the pattern: it runs a deterministic automaton that is built as it is needed and bounded in size.
 */
export interface LinearPattern {
  matches(bytes: Uint8Array, start: number, end: number): boolean;
}

/** Compiles an ECMA-262 pattern. The error says which part cannot be used. */
export function compilePattern(source: string): Result<LinearPattern, string> {
  const node = parsePattern(source);
  if (!node.ok) return node;
  const program = compileProgram(node.value);
  return program.ok ? ok(createMatcher(program.value)) : program;
}

/** States kept at a time. When there are more the automaton is begun anew. */
const STATES_MAX = 1_000;
const UNKNOWN = -1;

interface State {
  /** Instructions waiting for a code point or the end, ascending. */
  readonly waiting: readonly number[];
  readonly isMatch: boolean;
  readonly isMatchAtEnd: boolean;
  /** Next state by class of code point. */
  readonly steps: Int32Array;
}

function createMatcher(program: Program): LinearPattern {
  const classes = classify(program.sets);
  const states: State[] = [];
  const known = new Map<string, number>();
  const entry = program.ops.length - 1;

  const stateOf = (closed: Closure): number => {
    const key = `${closed.isMatch ? 'm' : ''}${closed.waiting.join()}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    states.push({
      waiting: closed.waiting,
      isMatch: closed.isMatch,
      isMatchAtEnd: closed.isMatch || closure(program, closed.waiting, false, true).isMatch,
      steps: new Int32Array(classes.count).fill(UNKNOWN),
    });
    known.set(key, states.length - 1);
    return states.length - 1;
  };

  let first = UNKNOWN;
  const forget = (): void => {
    states.length = 0;
    known.clear();
    first = UNKNOWN;
  };
  const begin = (): number => {
    if (first === UNKNOWN) first = stateOf(closure(program, [entry], true, false));
    return first;
  };

  /** The state after a code point of class `kind`; the search may begin again at every place. */
  const step = (from: State, kind: number): number => {
    const reached = from.waiting.filter(
      (i) => program.ops[i] === 'set' && classes.members[program.other[i]!]![kind] === 1,
    );
    const after = closure(program, [...reached.map((i) => program.next[i]!), entry], false, false);
    if (states.length >= STATES_MAX) {
      forget();
      return stateOf(after);
    }
    return (from.steps[kind] = stateOf(after));
  };

  return {
    matches(bytes, start, end) {
      let state = states[begin()]!;
      let p = start;
      while (p < end && !state.isMatch) {
        const lead = bytes[p]!;
        const kind = lead < 0x80 ? classes.ascii[lead]! : classes.of(pointAt(bytes, p, lead));
        p += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        const next = state.steps[kind]!;
        state = states[next === UNKNOWN ? step(state, kind) : next]!;
      }
      return state.isMatch || (p >= end && state.isMatchAtEnd);
    },
  };
}

export interface Closure {
  readonly waiting: readonly number[];
  readonly isMatch: boolean;
}

/** Follows everything that needs no code point. */
export function closure(
  program: Program,
  from: readonly number[],
  isStart: boolean,
  isEnd: boolean,
): Closure {
  const seen = new Set<number>();
  const open = [...from];
  const waiting: number[] = [];
  let isMatch = false;
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    if (seen.has(i)) continue;
    seen.add(i);
    switch (program.ops[i]!) {
      case 'match':
        isMatch = true;
        break;
      case 'split':
        open.push(program.next[i]!, program.other[i]!);
        break;
      case 'start':
        if (isStart) open.push(program.next[i]!);
        break;
      case 'end':
        if (isEnd) open.push(program.next[i]!);
        else waiting.push(i);
        break;
      case 'set':
        waiting.push(i);
        break;
    }
  }
  return { waiting: waiting.sort((a, b) => a - b), isMatch };
}

/** Code points that no set of the program tells apart are one class. */
export interface Classes {
  readonly count: number;
  readonly ascii: Uint16Array;
  of(point: number): number;
  /** Ascending first code points of ranges, from 0 on, and the class of each. */
  readonly bounds: readonly number[];
  readonly kinds: readonly number[];
  /** members[set][class] is 1 when the class belongs to the set. */
  readonly members: readonly Uint8Array[];
}

export function classify(sets: readonly CodePointSet[]): Classes {
  const bounds = [...new Set([0, ...sets.flatMap((set) => set.flatMap(([low, high]) => [low, high + 1]))])]
    .filter((bound) => bound <= POINT_MAX)
    .sort((a, b) => a - b);
  const lows = sets.map((set) => set.map(([low]) => low));
  const signatures = new Map<string, number>();
  const kinds = bounds.map((bound) => {
    const signature = sets.map((set, i) => (holds(set, lows[i]!, bound) ? '1' : '0')).join('');
    const kind = signatures.get(signature) ?? signatures.size;
    signatures.set(signature, kind);
    return kind;
  });
  const of = (point: number): number => kinds[lastAtOrBelow(bounds, point)]!;
  return {
    count: signatures.size,
    ascii: Uint16Array.from({ length: 128 }, (_, point) => of(point)),
    of,
    bounds,
    kinds,
    members: sets.map((_, set) =>
      Uint8Array.from([...signatures.keys()], (signature) => Number(signature[set])),
    ),
  };
}

function holds(set: CodePointSet, lows: readonly number[], point: number): boolean {
  const i = lastAtOrBelow(lows, point);
  return i >= 0 && set[i]![1] >= point;
}

/** Index of the last of ascending `bounds` that is not above `point`, -1 when all are. */
function lastAtOrBelow(bounds: readonly number[], point: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! <= point) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The code point of the valid UTF-8 sequence of two or more bytes at `p`. */
function pointAt(bytes: Uint8Array, p: number, lead: number): number {
  const second = bytes[p + 1]! & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = bytes[p + 2]! & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (bytes[p + 3]! & 0x3f);
}
