import type { CompiledContract, ReasonCode, RecordVerdict } from '../compiled-contract.ts';
import { createCursor } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { compileTree } from './judge-node.ts';
import type { JudgeNode, JudgeTree } from './judge-node.ts';
import { createSlots } from './record-slots.ts';
import type { RecordSlots } from './record-slots.ts';

export type Refusal = Extract<RecordVerdict, { accepted: false }>;

/** What judging works on: made once per judge, reused for every record. */
export interface Judging {
  readonly cursor: Cursor;
  readonly tree: JudgeTree;
  readonly slots: RecordSlots;
  readonly recordBytesMax: number;
  readonly refusesUnknown: boolean;
  /** Which object a member was seen in last, by slot; each object judged has its own number. */
  readonly seen: Float64Array;
  objects: number;
  readonly real: { value: number };
  /** The record as text, one character per byte, made when the first ASCII value is boxed. */
  bytewise: string | undefined;
  bytewiseStart: number;
  /** The problem of the property that comes first in the contract, of those seen so far. */
  problem: Refusal | undefined;
  problemOrder: number;
}

/** Order of problems that belong to no property of the contract. */
export const ORDER_LAST = Number.MAX_VALUE;

export function createJudging(contract: CompiledContract): Judging {
  const tree = compileTree(contract);
  return {
    cursor: createCursor(),
    tree,
    slots: createSlots(tree.slots),
    recordBytesMax: contract.recordBytesMax,
    refusesUnknown: contract.unknownMembers === 'refuse',
    seen: new Float64Array(tree.slots),
    objects: 0,
    real: { value: 0.5 },
    bytewise: undefined,
    bytewiseStart: 0,
    problem: undefined,
    problemOrder: Infinity,
  };
}

/** Keeps the problem of the property that comes first in the contract. */
export function noteProblem(
  judging: Judging,
  order: number,
  stage: 'map' | 'validate',
  reason: ReasonCode,
  path: string,
  detail: string,
): void {
  if (order >= judging.problemOrder) return;
  judging.problemOrder = order;
  judging.problem = { accepted: false, reason, stage, path, detail };
}

export const noteAt = (
  judging: Judging,
  node: JudgeNode,
  stage: 'map' | 'validate',
  reason: ReasonCode,
  detail: string,
): void => noteProblem(judging, node.order, stage, reason, node.path, detail);

/** Why the record judged last is refused: what is wrong with the whole record comes before any property. */
export function toRefusal(judging: Judging): Refusal {
  const { cursor } = judging;
  if (cursor.faultReason === undefined) {
    if (judging.problem === undefined)
      throw new Error('invariant broken: refusal() follows a refused record');
    return judging.problem;
  }
  return {
    accepted: false,
    reason: cursor.faultReason,
    stage: 'decode',
    path: shortKey(cursor.faultKey),
    detail: cursor.faultDetail,
  };
}

const KEY_SHOWN_MAX = 64;

/** Member names come from the record: bounded, so that they can be shown and grouped. */
export const shortKey = (key: string): string =>
  key.length <= KEY_SHOWN_MAX ? key : `${key.slice(0, KEY_SHOWN_MAX)}...`;
