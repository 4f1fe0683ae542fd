import type { ColumnValue } from '../compiled-contract.ts';
import type { JudgeNode } from './judge-node.ts';
import { FORM_ASCII, FORM_NULL, FORM_SCRATCH } from './record-slots.ts';
import type { Judging } from './judging.ts';
import { decodeBytewise, decodeUtf8 } from './text.ts';

/** The value in the node's slot as one of its own, valid after the next record. */
export function boxSlot(judging: Judging, node: JudgeNode): ColumnValue {
  const { slots } = judging;
  const { slot, type } = node;
  if (slots.forms[slot] === FORM_NULL) return null;
  switch (type.kind) {
    case 'string':
    case 'json':
      return boxText(judging, slot);
    case 'boolean':
      return slots.doubles[slot] === 1;
    case 'date':
    case 'float':
    case 'double':
      return slots.doubles[slot]!;
    case 'integer':
      return type.bits === 64 ? slots.longs[slot]! : slots.doubles[slot]!;
    case 'timestamp':
    case 'timestampNtz':
      return slots.longs[slot]!;
    case 'decimal':
      return type.precision > 18 ? slots.boxes[slot]! : slots.longs[slot]!;
    case 'binary':
    case 'struct':
    case 'array':
    case 'map':
      return slots.boxes[slot]!;
  }
}

/** ASCII values are cut out of one text of the whole record: cheaper than decoding each. */
function boxText(judging: Judging, slot: number): string {
  const { cursor, slots } = judging;
  const start = slots.starts[slot]!;
  const end = slots.ends[slot]!;
  if (slots.forms[slot] === FORM_ASCII) {
    judging.bytewise ??= decodeBytewise(cursor.bytes, judging.bytewiseStart, cursor.end);
    return judging.bytewise.slice(start - judging.bytewiseStart, end - judging.bytewiseStart);
  }
  return decodeUtf8(slots.forms[slot] === FORM_SCRATCH ? cursor.scratch : cursor.bytes, start, end);
}
