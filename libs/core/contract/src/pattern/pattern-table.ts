import type { Result } from '@headwater/kernel';
import { err, ok } from '@headwater/kernel';
import { classify, closure, type Classes, type Closure } from './linear-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { compileProgram, type Program } from './program.ts';

/**
 * A pattern as one complete table: the automaton that `compilePattern` builds as it goes, built ahead. It begins in state
 * 0 and reads code points; `classes` says which of them it does not tell apart.
 */
export interface CompiledPattern {
  readonly classCount: number;
  /** Class of each ASCII code point. */
  readonly asciiClasses: Uint16Array;
  /** Ascending first code points of ranges, from 0 on, and the class of each. */
  readonly bounds: Uint32Array;
  readonly boundClasses: Uint16Array;
  /** Next state by state * classCount + class. */
  readonly steps: Uint16Array;
  /** By state: 1 the text matches whatever follows, 2 it matches when it ends here, 0 neither. */
  readonly endings: Uint8Array;
}

/** Cells of the table beyond which a pattern is left to the automaton that is built as it goes. */
const CELLS_MAX = 20_000;

export function compilePatternTable(source: string): Result<CompiledPattern, string> {
  const node = parsePattern(source);
  if (!node.ok) return node;
  const program = compileProgram(node.value);
  return program.ok ? buildTable(program.value) : program;
}

interface Build {
  readonly program: Program;
  readonly classes: Classes;
  readonly states: Closure[];
  readonly known: Map<string, number>;
}

function buildTable(program: Program): Result<CompiledPattern, string> {
  const classes = classify(program.sets);
  const build: Build = { program, classes, states: [], known: new Map() };
  const entry = program.ops.length - 1;
  stateOf(build, closure(program, [entry], true, false));
  const steps: number[] = [];
  for (let state = 0; state < build.states.length; state++) {
    if ((state + 1) * classes.count > CELLS_MAX) return err('its automaton has too many states');
    const from = build.states[state]!;
    for (let kind = 0; kind < classes.count; kind++) {
      // A text that has matched stays matched.
      steps.push(from.isMatch ? state : stateOf(build, after(build, from, kind, entry)));
    }
  }
  return ok({
    classCount: classes.count,
    asciiClasses: classes.ascii,
    bounds: Uint32Array.from(classes.bounds),
    boundClasses: Uint16Array.from(classes.kinds),
    steps: Uint16Array.from(steps),
    endings: Uint8Array.from(build.states, (state) => endingOf(program, state)),
  });
}

function stateOf({ states, known }: Build, closed: Closure): number {
  const key = `${closed.isMatch ? 'm' : ''}${closed.waiting.join()}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  known.set(key, states.length);
  return states.push(closed) - 1;
}

/** What is reached after a code point of class `kind`; the search may begin again at every place. */
function after({ program, classes }: Build, from: Closure, kind: number, entry: number): Closure {
  const reached = from.waiting.filter(
    (i) => program.ops[i] === 'set' && classes.members[program.other[i]!]![kind] === 1,
  );
  return closure(program, [...reached.map((i) => program.next[i]!), entry], false, false);
}

function endingOf(program: Program, state: Closure): number {
  if (state.isMatch) return 1;
  return closure(program, state.waiting, false, true).isMatch ? 2 : 0;
}
