import type { CompiledContract } from '../compiled-contract.ts';
import { peek, refuse, resetCursor, skipSpace } from './cursor.ts';
import { createJudging, ORDER_LAST, toRefusal } from './judging.ts';
import type { Judging, Refusal } from './judging.ts';
import { readMembers } from './read-value.ts';
import type { RecordSlots } from './record-slots.ts';
import { skipValue } from './skip-value.ts';

/**
 * The judge for hot paths: no object per record or value. True means accepted and `slots` holds the values until the
 * next call; false means refused and `refusal()` says why. Takes a range of a larger buffer, so the records of a record
 * set need no copy. Not reentrant: make one per lane. Gives the same verdicts as `createRecordJudge`.
 */
export interface SlotJudge {
  judge(bytes: Uint8Array, start: number, end: number): boolean;
  readonly slots: RecordSlots;
  refusal(): Refusal;
}

export function createSlotJudge(contract: CompiledContract): SlotJudge {
  const judging = createJudging(contract);
  return {
    slots: judging.slots,
    judge: (bytes, start, end) => judgeRecord(judging, bytes, start, end),
    refusal: () => toRefusal(judging),
  };
}

export function judgeRecord(judging: Judging, bytes: Uint8Array, start: number, end: number): boolean {
  const { cursor, recordBytesMax } = judging;
  resetCursor(cursor, bytes, start, end);
  judging.problemOrder = Infinity;
  judging.problem = undefined;
  judging.bytewise = undefined;
  judging.bytewiseStart = start;
  if (end - start > recordBytesMax) {
    return refuse(
      cursor,
      'oversize',
      `the record has ${end - start} bytes, the contract allows ${recordBytesMax}`,
    );
  }
  skipSpace(cursor);
  if (cursor.pos === end) return refuse(cursor, 'empty', 'the record has no content');
  const isObject = peek(cursor) === 0x7b;
  const isRead = isObject ? readMembers(judging, judging.tree.root, 1, ORDER_LAST, '') : skipValue(cursor, 0);
  if (!isRead) return false;
  skipSpace(cursor);
  if (cursor.pos !== end) return refuse(cursor, 'invalid-json', 'there is more after the end of the record');
  if (!isObject) return refuse(cursor, 'not-an-object', 'the record is valid JSON but not an object');
  judging.slots.scratch = cursor.scratch;
  return judging.problem === undefined;
}
