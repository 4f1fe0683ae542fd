import type { ReasonCode } from '../compiled-contract.ts';
import { decodeBase64 } from './base64.ts';
import { readDouble, readFloat, readScaled } from './exact-number.ts';
import type { Fit } from './exact-number.ts';
import type { JudgeNode } from './judge-node.ts';
import { noteAt } from './judging.ts';
import type { Judging } from './judging.ts';
import { scanNumber } from './number-scan.ts';
import { FORM_ASCII, FORM_SCRATCH, FORM_UTF8, setLong } from './record-slots.ts';
import { skipValue } from './skip-value.ts';
import { scanString, unescapeText } from './string-scan.ts';
import { readDate, readTimestamp, SECONDS_END, SECONDS_MIN } from './timestamp-text.ts';
import type { TimeFit } from './timestamp-text.ts';

const MICROS_MIN = BigInt(SECONDS_MIN) * 1_000_000n;
const MICROS_END = BigInt(SECONDS_END) * 1_000_000n;

export const isNumber = (b: number): boolean => b === 0x2d || (b >= 0x30 && b <= 0x39);

/** The value has another JSON type: its syntax is still checked. */
export function mistyped(judging: Judging, node: JudgeNode, expected: string, depth: number): boolean {
  noteAt(judging, node, 'map', 'type', `${expected} is expected`);
  return skipValue(judging.cursor, depth);
}

export function readText(judging: Judging, node: JudgeNode): boolean {
  const { cursor, slots } = judging;
  if (!scanString(cursor)) return false;
  const { slot } = node;
  if (cursor.isTextEscaped) {
    slots.starts[slot] = unescapeText(cursor);
    slots.ends[slot] = cursor.scratchEnd;
    slots.forms[slot] = FORM_SCRATCH;
    checkText(judging, node, cursor.scratch);
  } else {
    slots.starts[slot] = cursor.textStart;
    slots.ends[slot] = cursor.textEnd;
    slots.forms[slot] = cursor.isTextAscii ? FORM_ASCII : FORM_UTF8;
    if (node.checks.text.length > 0) checkText(judging, node, cursor.bytes);
  }
  return true;
}

function checkText(judging: Judging, node: JudgeNode, buffer: Uint8Array): void {
  const { slots } = judging;
  for (const check of node.checks.text) {
    if (!check.holds(buffer, slots.starts[node.slot]!, slots.ends[node.slot]!)) {
      return noteAt(judging, node, 'validate', check.reason, check.detail);
    }
  }
}

export function readTime(judging: Judging, node: JudgeNode): boolean {
  const { cursor } = judging;
  if (!scanString(cursor)) return false;
  let buffer = cursor.bytes;
  let start = cursor.textStart;
  let end = cursor.textEnd;
  if (cursor.isTextEscaped) {
    start = unescapeText(cursor);
    end = cursor.scratchEnd;
    buffer = cursor.scratch;
  }
  const fit =
    node.kind === 'date'
      ? readDate(cursor, buffer, start, end)
      : readTimestamp(cursor, buffer, start, end, node.kind === 'timestamp' ? 'required' : 'absent');
  if (fit === 'held') keepWhole(judging, node);
  else noteAt(judging, node, 'map', timeReason(node, fit), TIME_DETAIL[fit]);
  return true;
}

const timeReason = (node: JudgeNode, fit: Exclude<TimeFit, 'held'>): ReasonCode =>
  fit === 'bad' ? (node.kind === 'date' ? 'date' : 'timestamp') : fit;

const TIME_DETAIL: Readonly<Record<Exclude<TimeFit, 'held'>, string>> = {
  bad: 'the text is not in the form the contract states',
  'not-exact': 'the instant cannot be kept exactly in microseconds',
  'out-of-range': 'the instant lies outside of the years 0001 to 9999',
};

export function readEpoch(judging: Judging, node: JudgeNode): boolean {
  const { cursor } = judging;
  if (!scanNumber(cursor)) return false;
  const fit = readScaled(cursor, node.scale, 19);
  if (fit !== 'held') {
    noteAt(judging, node, 'map', fit, TIME_DETAIL[fit]);
    return true;
  }
  const { wide } = cursor;
  if (wide !== undefined && (wide < MICROS_MIN || wide >= MICROS_END)) {
    noteAt(judging, node, 'map', 'out-of-range', TIME_DETAIL['out-of-range']);
  } else keepWhole(judging, node);
  return true;
}

export function readWhole(judging: Judging, node: JudgeNode): boolean {
  const { cursor } = judging;
  if (!scanNumber(cursor)) return false;
  const fit = readScaled(cursor, node.scale, node.digitsMax);
  if (fit !== 'held') noteAt(judging, node, 'map', fit, numberDetail(node, fit));
  else if (isInRange(judging, node)) keepWhole(judging, node);
  else noteAt(judging, node, 'map', 'out-of-range', numberDetail(node, 'out-of-range'));
  return true;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function isInRange(judging: Judging, node: JudgeNode): boolean {
  const { whole, wide } = judging.cursor;
  if (node.kind === 'decimal') {
    return wide !== undefined || node.digitsMax >= 16 || Math.abs(whole) < 10 ** node.digitsMax;
  }
  if (node.most !== 0) return wide === undefined && whole >= node.least && whole <= node.most;
  return wide === undefined || (wide >= INT64_MIN && wide <= INT64_MAX);
}

/** Stores the integer read last and judges its rules. */
function keepWhole(judging: Judging, node: JudgeNode): void {
  const { cursor, slots } = judging;
  const { whole, wide } = cursor;
  if (node.kind === 'date' || (node.kind === 'integer' && node.most !== 0)) slots.doubles[node.slot] = whole;
  else if (node.kind === 'decimal' && node.digitsMax > 18) slots.boxes[node.slot] = wide ?? BigInt(whole);
  else setLong(slots, node.slot, whole, wide);
  for (const check of node.checks.whole) {
    if (!check.holds(whole, wide)) return noteAt(judging, node, 'validate', check.reason, check.detail);
  }
}

function numberDetail(node: JudgeNode, fit: Exclude<Fit, 'held'>): string {
  const { type } = node;
  const name =
    type.kind === 'integer'
      ? `a ${type.bits}-bit integer`
      : type.kind === 'decimal'
        ? `decimal(${type.precision},${type.scale})`
        : `a ${type.kind}`;
  return fit === 'not-exact'
    ? `the number cannot be kept exactly as ${name}`
    : `the number is out of range for ${name}`;
}

export function readReal(judging: Judging, node: JudgeNode): boolean {
  const { cursor, real, slots } = judging;
  if (!scanNumber(cursor)) return false;
  const fit = node.kind === 'double' ? readDouble(cursor, real) : readFloat(cursor, real);
  if (fit !== 'held') {
    noteAt(judging, node, 'map', fit, numberDetail(node, fit));
    return true;
  }
  slots.doubles[node.slot] = real.value;
  for (const check of node.checks.real) {
    if (!check.holds(real.value)) {
      noteAt(judging, node, 'validate', check.reason, check.detail);
      break;
    }
  }
  return true;
}

export function readBinary(judging: Judging, node: JudgeNode): boolean {
  const { cursor, slots } = judging;
  if (!scanString(cursor)) return false;
  let bytes: Uint8Array | undefined;
  if (cursor.isTextEscaped) {
    const start = unescapeText(cursor);
    bytes = decodeBase64(cursor.scratch, start, cursor.scratchEnd);
  } else bytes = decodeBase64(cursor.bytes, cursor.textStart, cursor.textEnd);
  if (bytes === undefined)
    noteAt(judging, node, 'map', 'type', 'a base64 string (RFC 4648, padded) is expected');
  else slots.boxes[node.slot] = bytes;
  return true;
}

export function readJson(judging: Judging, node: JudgeNode, depth: number): boolean {
  const { cursor, slots } = judging;
  const start = cursor.pos;
  if (!skipValue(cursor, depth)) return false;
  slots.starts[node.slot] = start;
  slots.ends[node.slot] = cursor.pos;
  slots.forms[node.slot] = FORM_UTF8;
  return true;
}
