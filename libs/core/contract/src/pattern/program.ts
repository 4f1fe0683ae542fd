import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import type { CodePointSet } from './code-point-set.ts';
import type { PatternNode } from './parse-pattern.ts';

/**
 * A pattern as a non-deterministic automaton (Thompson). Instruction i is `ops[i]`; `next[i]` follows it, `other[i]` is
 * the second way of a split or the index of a set.
 */
export interface Program {
  readonly ops: readonly Op[];
  readonly next: readonly number[];
  readonly other: readonly number[];
  readonly sets: readonly CodePointSet[];
}

export type Op = 'set' | 'split' | 'start' | 'end' | 'match';

const INSTRUCTIONS_MAX = 5_000;

interface Build {
  readonly ops: Op[];
  readonly next: number[];
  readonly other: number[];
  readonly sets: CodePointSet[];
}

/** Thrown inside the compiler, never out of it. */
class ProgramTooLarge extends Error {}

export function compileProgram(node: PatternNode): Result<Program, string> {
  const build: Build = { ops: [], next: [], other: [], sets: [] };
  try {
    const match = emit(build, 'match', -1, -1);
    const entry = compileNode(build, node, match);
    emit(build, 'split', entry, entry);
    return ok(build);
  } catch (error) {
    if (error instanceof ProgramTooLarge) return err('its repetitions multiply beyond what is allowed');
    throw error;
  }
}

function emit(build: Build, op: Op, next: number, other: number): number {
  if (build.ops.length >= INSTRUCTIONS_MAX) throw new ProgramTooLarge();
  build.ops.push(op);
  build.next.push(next);
  build.other.push(other);
  return build.ops.length - 1;
}

/** Emits the node so that it continues at `next`; returns its entry. Built from the end to the beginning. */
function compileNode(build: Build, node: PatternNode, next: number): number {
  switch (node.kind) {
    case 'set':
      build.sets.push(node.set);
      return emit(build, 'set', next, build.sets.length - 1);
    case 'sequence':
      return node.parts.reduceRight((after, part) => compileNode(build, part, after), next);
    case 'choice':
      return node.options
        .map((option) => compileNode(build, option, next))
        .reduceRight((after, entry) => emit(build, 'split', entry, after));
    case 'repeat':
      return compileRepeat(build, node, next);
    case 'start':
    case 'end':
      return emit(build, node.kind, next, -1);
  }
}

function compileRepeat(build: Build, node: Extract<PatternNode, { kind: 'repeat' }>, next: number): number {
  const { inner, min, max } = node;
  let entry = next;
  if (max === Infinity) {
    const loop = emit(build, 'split', -1, next);
    build.next[loop] = compileNode(build, inner, loop);
    entry = loop;
  } else {
    for (let i = min; i < max; i++) entry = emit(build, 'split', compileNode(build, inner, entry), next);
  }
  for (let i = 0; i < min; i++) entry = compileNode(build, inner, entry);
  return entry;
}
