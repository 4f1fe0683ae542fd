import type { ColumnValue } from '../compiled-contract.ts';
import { boxSlot } from './box-value.ts';
import { DEPTH_MAX, peek, refuse, skipSpace } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import type { JudgeNode, Members } from './judge-node.ts';
import { noteAt, noteProblem, shortKey } from './judging.ts';
import type { Judging } from './judging.ts';
import {
  isNumber,
  mistyped,
  readBinary,
  readEpoch,
  readJson,
  readReal,
  readText,
  readTime,
  readWhole,
} from './read-scalar.ts';
import { FORM_NULL, FORM_VALUE } from './record-slots.ts';
import {
  addKey,
  enterValue,
  nextAfter,
  refuseDeep,
  refuseDuplicate,
  scanWord,
  skipValue,
} from './skip-value.ts';
import { scanString, unescapeText } from './string-scan.ts';
import { decodeUtf8 } from './text.ts';

/**
 * Judges the object at the cursor member by member. Members the contract does not name are checked and skipped; a
 * member that is absent leaves NULL. `depth` is the level of the object.
 */
export function readMembers(
  judging: Judging,
  members: Members,
  depth: number,
  unknownOrder: number,
  ownerPath: string,
): boolean {
  const { cursor } = judging;
  if (depth > DEPTH_MAX) return refuseDeep(cursor);
  const object = ++judging.objects;
  const mark = cursor.keys.open();
  cursor.pos++;
  skipSpace(cursor);
  if (peek(cursor) === 0x7d) cursor.pos++;
  else if (!readEach(judging, members, object, mark, depth, unknownOrder, ownerPath)) return false;
  cursor.keys.close(mark);
  fillAbsent(judging, members.nodes, object);
  return true;
}

function readEach(
  judging: Judging,
  members: Members,
  object: number,
  mark: number,
  depth: number,
  unknownOrder: number,
  ownerPath: string,
): boolean {
  const { cursor, seen } = judging;
  let previous = 0;
  for (;;) {
    if (peek(cursor) !== 0x22) return refuse(cursor, 'invalid-json', 'a member name is expected');
    const index = readKey(cursor, members, previous);
    if (index === KEY_REFUSED) return false;
    if (index === KEY_UNKNOWN) {
      if (!skipUnknown(judging, mark, depth, unknownOrder, ownerPath)) return false;
    } else {
      const node = members.nodes[index]!;
      if (seen[node.slot] === object) return refuseDuplicate(cursor, node.path);
      seen[node.slot] = object;
      previous = index + 1;
      if (!enterValue(cursor) || !readValue(judging, node, depth)) return false;
    }
    const next = nextAfter(cursor, 0x7d);
    if (next === 'refused') return false;
    if (next === 'closed') return true;
  }
}

const KEY_UNKNOWN = -1;
const KEY_REFUSED = -2;

/** Reads the member name at the cursor: index of the member, KEY_UNKNOWN or KEY_REFUSED. */
function readKey(cursor: Cursor, members: Members, previous: number): number {
  const guess = members.guesses[previous]!;
  if (matchesKey(cursor, members.keys[guess])) return guess;
  if (!scanString(cursor)) return KEY_REFUSED;
  let index: number;
  if (cursor.isTextEscaped) {
    const before = cursor.scratchEnd;
    const start = unescapeText(cursor);
    index = members.table.find(cursor.scratch, start, cursor.scratchEnd);
    cursor.scratchEnd = before;
  } else {
    index = members.table.find(cursor.bytes, cursor.textStart, cursor.textEnd);
  }
  if (index >= 0) members.guesses[previous] = index;
  return index;
}

/** Moves behind the name when it is `key` written without escapes. */
function matchesKey(cursor: Cursor, key: Uint8Array | undefined): boolean {
  if (key === undefined) return false;
  const { bytes } = cursor;
  const start = cursor.pos + 1;
  const after = start + key.length;
  if (after >= cursor.end || bytes[after] !== 0x22) return false;
  for (let i = 0, p = start; p < after; i++, p++) if (bytes[p] !== key[i]) return false;
  cursor.pos = after + 1;
  return true;
}

function skipUnknown(
  judging: Judging,
  mark: number,
  depth: number,
  unknownOrder: number,
  ownerPath: string,
): boolean {
  const { cursor } = judging;
  if (judging.refusesUnknown) {
    const name = shortKey(nameScanned(cursor));
    const path = ownerPath === '' ? name : `${ownerPath}.${name}`;
    noteProblem(
      judging,
      unknownOrder,
      'map',
      'unknown-member',
      path,
      'the contract does not name this member',
    );
  }
  return addKey(cursor, mark) && enterValue(cursor) && skipValue(cursor, depth);
}

/** Text of the member name scanned last. */
function nameScanned(cursor: Cursor): string {
  if (!cursor.isTextEscaped) return decodeUtf8(cursor.bytes, cursor.textStart, cursor.textEnd);
  const before = cursor.scratchEnd;
  const start = unescapeText(cursor);
  const name = decodeUtf8(cursor.scratch, start, cursor.scratchEnd);
  cursor.scratchEnd = before;
  return name;
}

function fillAbsent(judging: Judging, nodes: readonly JudgeNode[], object: number): void {
  const { seen, slots } = judging;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    if (seen[node.slot] === object) continue;
    slots.forms[node.slot] = FORM_NULL;
    if (node.isRequired) noteAt(judging, node, 'validate', 'required', 'the member is absent');
  }
}

/** Judges the value at the cursor as `node` says and fills its slot. False only when the record is not acceptable JSON. */
export function readValue(judging: Judging, node: JudgeNode, depth: number): boolean {
  const { cursor, slots } = judging;
  const b = peek(cursor);
  if (b === 0x6e) {
    if (!scanWord(cursor)) return false;
    slots.forms[node.slot] = FORM_NULL;
    if (node.isRequired) noteAt(judging, node, 'validate', 'required', 'the value is null');
    return true;
  }
  slots.forms[node.slot] = FORM_VALUE;
  switch (node.kind) {
    case 'string':
      return b === 0x22 ? readText(judging, node) : mistyped(judging, node, 'a string', depth);
    case 'timestamp':
    case 'timestampNtz':
    case 'date':
      if (node.isEpoch)
        return isNumber(b) ? readEpoch(judging, node) : mistyped(judging, node, 'a number', depth);
      return b === 0x22 ? readTime(judging, node) : mistyped(judging, node, 'a string', depth);
    case 'double':
    case 'float':
      return isNumber(b) ? readReal(judging, node) : mistyped(judging, node, 'a number', depth);
    case 'integer':
    case 'decimal':
      return isNumber(b) ? readWhole(judging, node) : mistyped(judging, node, 'a number', depth);
    case 'boolean':
      if (b !== 0x74 && b !== 0x66) return mistyped(judging, node, 'true or false', depth);
      slots.doubles[node.slot] = b === 0x74 ? 1 : 0;
      return scanWord(cursor);
    case 'binary':
      return b === 0x22 ? readBinary(judging, node) : mistyped(judging, node, 'a base64 string', depth);
    case 'json':
      return readJson(judging, node, depth);
    case 'struct':
      return b === 0x7b ? readStruct(judging, node, depth) : mistyped(judging, node, 'an object', depth);
    case 'array':
      return b === 0x5b ? readArray(judging, node, depth + 1) : mistyped(judging, node, 'an array', depth);
    case 'map':
      return b === 0x7b ? readMap(judging, node, depth + 1) : mistyped(judging, node, 'an object', depth);
  }
}

function readStruct(judging: Judging, node: JudgeNode, depth: number): boolean {
  const { nodes } = node.members;
  if (!readMembers(judging, node.members, depth + 1, node.lastOrder + 0.5, node.path)) return false;
  if (judging.problem === undefined) {
    judging.slots.boxes[node.slot] = { struct: nodes.map((member) => boxSlot(judging, member)) };
  }
  return true;
}

function readArray(judging: Judging, node: JudgeNode, depth: number): boolean {
  const { cursor } = judging;
  if (depth > DEPTH_MAX) return refuseDeep(cursor);
  const entries: ColumnValue[] = [];
  let count = 0;
  const inner = node.inner!;
  cursor.pos++;
  skipSpace(cursor);
  if (peek(cursor) === 0x5d) cursor.pos++;
  else {
    for (let next = 'more'; next !== 'closed';) {
      if (!readValue(judging, inner, depth)) return false;
      count++;
      if (judging.problem === undefined) entries.push(boxSlot(judging, inner));
      next = nextAfter(cursor, 0x5d);
      if (next === 'refused') return false;
    }
  }
  judging.slots.boxes[node.slot] = { array: entries };
  checkCount(judging, node, count);
  return true;
}

function readMap(judging: Judging, node: JudgeNode, depth: number): boolean {
  const { cursor } = judging;
  if (depth > DEPTH_MAX) return refuseDeep(cursor);
  const entries: (readonly [string, ColumnValue])[] = [];
  let count = 0;
  const inner = node.inner!;
  const mark = cursor.keys.open();
  cursor.pos++;
  skipSpace(cursor);
  if (peek(cursor) === 0x7d) cursor.pos++;
  else {
    for (let next = 'more'; next !== 'closed';) {
      if (peek(cursor) !== 0x22) return refuse(cursor, 'invalid-json', 'a member name is expected');
      if (!scanString(cursor)) return false;
      const key = nameScanned(cursor);
      if (!addKey(cursor, mark) || !enterValue(cursor) || !readValue(judging, inner, depth)) return false;
      count++;
      if (judging.problem === undefined) entries.push([key, boxSlot(judging, inner)]);
      next = nextAfter(cursor, 0x7d);
      if (next === 'refused') return false;
    }
  }
  cursor.keys.close(mark);
  judging.slots.boxes[node.slot] = { map: entries };
  checkCount(judging, node, count);
  return true;
}

function checkCount(judging: Judging, node: JudgeNode, count: number): void {
  for (const check of node.checks.count) {
    if (!check.holds(count)) return noteAt(judging, node, 'validate', check.reason, check.detail);
  }
}
