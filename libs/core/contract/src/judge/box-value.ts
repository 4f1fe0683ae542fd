import type { ColumnValue } from '../compiled-contract.ts';
import type { JudgeNode } from './judge-node.ts';
import { FORM_NULL, FORM_SCRATCH } from './record-slots.ts';
import type { Judging } from './judging.ts';
import { decodeUtf8 } from './text.ts';

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

function boxText(judging: Judging, slot: number): string {
  const { cursor, slots } = judging;
  const buffer = slots.forms[slot] === FORM_SCRATCH ? cursor.scratch : cursor.bytes;
  return decodeUtf8(buffer, slots.starts[slot]!, slots.ends[slot]!);
}
