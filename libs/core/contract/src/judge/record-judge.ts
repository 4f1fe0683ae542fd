import type { CompiledContract, RecordJudge } from '../compiled-contract.ts';
import { boxSlot } from './box-value.ts';
import { createJudging, toRefusal } from './judging.ts';
import { judgeRecord } from './slot-judge.ts';

/**
 * Makes the judge of one contract: bytes of a record value in, its typed columns or the first reason out. Verdicts are
 * specified in docs/specs/contract-judgement.md. `createSlotJudge` gives the same verdicts without objects per value.
 */
export function createRecordJudge(contract: CompiledContract): RecordJudge {
  const judging = createJudging(contract);
  const { nodes } = judging.tree.root;
  return (value) =>
    judgeRecord(judging, value, 0, value.length)
      ? { accepted: true, values: nodes.map((node) => boxSlot(judging, node)) }
      : toRefusal(judging);
}
