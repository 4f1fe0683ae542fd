import { unexpectedError } from '@headwater/kernel';
import type { Column, ReasonCode, ValueRule } from '../compiled-contract.ts';
import { compilePattern } from '../pattern/linear-pattern.ts';
import { createByteTable } from './byte-table.ts';
import { toDecimalText } from './exact-number.ts';
import { readBound } from './rule-bound.ts';

/** A rule ready to run. `holds` is pure. */
interface Check<Holds> {
  readonly reason: ReasonCode;
  readonly detail: string;
  readonly holds: Holds;
}

export type TextCheck = Check<(bytes: Uint8Array, start: number, end: number) => boolean>;
/** For integers, decimals (unscaled), dates (days) and timestamps (microseconds); `wide` when beyond 2^53. */
export type WholeCheck = Check<(whole: number, wide: bigint | undefined) => boolean>;
export type RealCheck = Check<(value: number) => boolean>;
export type CountCheck = Check<(entries: number) => boolean>;

export interface ValueChecks {
  readonly text: readonly TextCheck[];
  readonly whole: readonly WholeCheck[];
  readonly real: readonly RealCheck[];
  readonly count: readonly CountCheck[];
}

const NO_CHECKS: ValueChecks = { text: [], whole: [], real: [], count: [] };

/** Turns the rules of one column into checks on its typed value. Rules that do not fit the type are a bug of the caller. */
export function compileChecks(column: Column): ValueChecks {
  if (column.rules.length === 0) return NO_CHECKS;
  switch (column.type.kind) {
    case 'string':
      return { ...NO_CHECKS, text: column.rules.map((rule) => textCheck(column, rule)) };
    case 'integer':
    case 'decimal':
    case 'date':
    case 'timestamp':
    case 'timestampNtz':
      return { ...NO_CHECKS, whole: column.rules.map((rule) => wholeCheck(column, rule)) };
    case 'float':
    case 'double':
      return { ...NO_CHECKS, real: column.rules.map((rule) => realCheck(column, rule)) };
    case 'array':
    case 'map':
      return { ...NO_CHECKS, count: column.rules.map((rule) => countCheck(column, rule)) };
    case 'boolean':
    case 'binary':
    case 'json':
    case 'struct':
      throw misplaced(column, column.rules[0]!);
  }
}

function textCheck(column: Column, rule: ValueRule): TextCheck {
  switch (rule.rule) {
    case 'enum': {
      const table = createByteTable(rule.values);
      return {
        reason: 'enum',
        detail: `the value is not one of the ${rule.values.length} the contract lists`,
        holds: (bytes, start, end) => table.find(bytes, start, end) >= 0,
      };
    }
    case 'pattern': {
      const pattern = compilePattern(rule.pattern);
      if (!pattern.ok) throw misplaced(column, rule);
      return {
        reason: 'pattern',
        detail: `the value does not match ${rule.pattern}`,
        holds: pattern.value.matches,
      };
    }
    case 'minLength':
      return {
        reason: 'min-length',
        detail: `the value is shorter than ${rule.value} characters`,
        holds: (bytes, start, end) => countPoints(bytes, start, end) >= rule.value,
      };
    case 'maxLength':
      return {
        reason: 'max-length',
        detail: `the value is longer than ${rule.value} characters`,
        holds: (bytes, start, end) =>
          end - start <= rule.value || countPoints(bytes, start, end) <= rule.value,
      };
    default:
      throw misplaced(column, rule);
  }
}

/** Code points of valid UTF-8. */
function countPoints(bytes: Uint8Array, start: number, end: number): number {
  let points = 0;
  for (let p = start; p < end; p++) if ((bytes[p]! & 0xc0) !== 0x80) points++;
  return points;
}

function wholeCheck(column: Column, rule: ValueRule): WholeCheck {
  if (rule.rule === 'enum') {
    const allowed = new Set(rule.values.map((value) => readBound(column.type, value, 'exact')));
    return {
      reason: 'enum',
      detail: `the value is not one of the ${rule.values.length} the contract lists`,
      holds: (whole, wide) => allowed.has(wide ?? BigInt(whole)),
    };
  }
  if (rule.rule === 'multipleOf') {
    const step = readBound(column.type, rule.value, 'exact');
    if (step === undefined || step <= 0n) throw misplaced(column, rule);
    return {
      reason: 'multiple-of',
      detail: `the value is not a multiple of ${rule.value}`,
      holds: (whole, wide) => (wide ?? BigInt(whole)) % step === 0n,
    };
  }
  if (rule.rule !== 'minimum' && rule.rule !== 'maximum') throw misplaced(column, rule);
  const isMinimum = rule.rule === 'minimum';
  const bound = readBound(column.type, rule.value, isMinimum ? 'up' : 'down', rule.exclusive);
  if (bound === undefined) throw misplaced(column, rule);
  const near = Number(bound);
  const isNear = Number.isSafeInteger(near);
  const exact = (value: bigint): boolean => (isMinimum ? value >= bound : value <= bound);
  const holds: WholeCheck['holds'] = isMinimum
    ? (whole, wide) => (wide === undefined && isNear ? whole >= near : exact(wide ?? BigInt(whole)))
    : (whole, wide) => (wide === undefined && isNear ? whole <= near : exact(wide ?? BigInt(whole)));
  return { reason: rule.rule, detail: boundDetail(rule), holds };
}

function realCheck(column: Column, rule: ValueRule): RealCheck {
  switch (rule.rule) {
    case 'minimum': {
      const bound = realBound(column, rule.value);
      const { exclusive } = rule;
      const holds = exclusive ? (value: number) => value > bound : (value: number) => value >= bound;
      return { reason: 'minimum', detail: boundDetail(rule), holds };
    }
    case 'maximum': {
      const bound = realBound(column, rule.value);
      const { exclusive } = rule;
      const holds = exclusive ? (value: number) => value < bound : (value: number) => value <= bound;
      return { reason: 'maximum', detail: boundDetail(rule), holds };
    }
    case 'enum': {
      const allowed = new Set(rule.values.map((value) => realBound(column, value)));
      return {
        reason: 'enum',
        detail: `the value is not one of the ${rule.values.length} the contract lists`,
        holds: (value) => allowed.has(value),
      };
    }
    case 'multipleOf':
      return {
        reason: 'multiple-of',
        detail: `the value is not a multiple of ${rule.value}`,
        holds: (value) => isMultiple(String(value), rule.value),
      };
    default:
      throw misplaced(column, rule);
  }
}

/** A bound on a floating column is the value the column would hold for it. */
function realBound(column: Column, text: string): number {
  return column.type.kind === 'float' ? Math.fround(Number(text)) : Number(text);
}

function isMultiple(value: string, step: string): boolean {
  const [a, b] = [toDecimalText(value), toDecimalText(step)];
  if (a.digits === '') return true;
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = BigInt(a.digits) * 10n ** BigInt(a.exponent - exponent);
  return scaled % (BigInt(b.digits) * 10n ** BigInt(b.exponent - exponent)) === 0n;
}

function countCheck(column: Column, rule: ValueRule): CountCheck {
  switch (rule.rule) {
    case 'minLength':
      return {
        reason: 'min-length',
        detail: `there are fewer than ${rule.value} entries`,
        holds: (entries) => entries >= rule.value,
      };
    case 'maxLength':
      return {
        reason: 'max-length',
        detail: `there are more than ${rule.value} entries`,
        holds: (entries) => entries <= rule.value,
      };
    default:
      throw misplaced(column, rule);
  }
}

const boundDetail = (rule: Extract<ValueRule, { rule: 'minimum' | 'maximum' }>): string =>
  `the value is ${rule.rule === 'minimum' ? 'below' : 'above'} ${rule.exclusive ? 'or equal to ' : ''}${rule.value}`;

const misplaced = (column: Column, rule: ValueRule): Error =>
  unexpectedError({
    code: 'HW_CONTRACT_RULE_MISPLACED',
    message: `column ${column.name} of type ${column.type.kind} has a ${rule.rule} rule that cannot be judged`,
    fix: 'Compile the contract again with compileContract, which reports such rules.',
  });
