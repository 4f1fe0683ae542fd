import type { Column, ColumnType } from '../compiled-contract.ts';
import { toDecimalText } from '../judge/exact-number.ts';
import { readBound } from '../judge/rule-bound.ts';
import { SECONDS_END, SECONDS_MIN } from '../judge/timestamp-text.ts';
import { compileChecks } from '../judge/value-rules.ts';

const DAY_SECONDS = 86_400n;
const MICROS = 1_000_000n;
/** 2026-01-01T00:00:00Z. */
const SOME_SECOND = 1_767_225_600n;

/**
 * A whole number that keeps every rule of the column, in the unit the column is stored in (see `ColumnValue`), as near
 * to a plain one as the rules allow; undefined when there is none.
 */
export function exampleWhole(column: Column): bigint | undefined {
  const { type, rules } = column;
  const [plain, typeLeast, typeMost] = plainWhole(type);
  const checks = compileChecks(column).whole;
  const isGood = (value: bigint): boolean => {
    const near = Number(value);
    const isNear = Number.isSafeInteger(near);
    return checks.every(({ holds }) => holds(isNear ? near : 0, isNear ? undefined : value));
  };
  let [least, most, step] = [typeLeast, typeMost, 1n];
  for (const rule of rules) {
    switch (rule.rule) {
      case 'enum':
        return rule.values
          .map((value) => readBound(type, value, 'exact'))
          .find((value) => value !== undefined && value >= typeLeast && value <= typeMost && isGood(value));
      case 'minimum':
        least = larger(least, readBound(type, rule.value, 'up', rule.exclusive) ?? least);
        break;
      case 'maximum':
        most = smaller(most, readBound(type, rule.value, 'down', rule.exclusive) ?? most);
        break;
      case 'multipleOf':
        step = commonMultiple(step, readBound(type, rule.value, 'exact') ?? 1n);
        break;
      default:
        break;
    }
  }
  const near = smaller(larger(plain, least), most);
  const below = floorMultiple(near, step);
  return [near, below + step, below].find((value) => value >= least && value <= most && isGood(value));
}

/** A plain value of the type, and the least and most it holds. */
function plainWhole(type: ColumnType): readonly [bigint, bigint, bigint] {
  switch (type.kind) {
    case 'integer': {
      const end = 1n << BigInt(type.bits - 1);
      return [1n, -end, end - 1n];
    }
    case 'decimal': {
      const end = 10n ** BigInt(type.precision);
      return [10n ** BigInt(type.scale), 1n - end, end - 1n];
    }
    case 'date': {
      const days = (seconds: number | bigint): bigint => BigInt(seconds) / DAY_SECONDS;
      return [days(SOME_SECOND), days(SECONDS_MIN), days(SECONDS_END) - 1n];
    }
    default:
      return [SOME_SECOND * MICROS, BigInt(SECONDS_MIN) * MICROS, BigInt(SECONDS_END) * MICROS - 1n];
  }
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const floorMultiple = (value: bigint, step: bigint): bigint => value - (((value % step) + step) % step);

function commonMultiple(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return divisor === 0n ? a : (a / divisor) * b;
}

/** A number that keeps every rule of a float or double column, as JSON writes it; undefined when none is found. */
export function exampleReal(column: Column): string | undefined {
  const checks = compileChecks(column).real;
  const isGood = (text: string): boolean => {
    const value = column.type.kind === 'float' ? Math.fround(Number(text)) : Number(text);
    return Number.isFinite(value) && checks.every(({ holds }) => holds(value));
  };
  const listed = column.rules.find(({ rule }) => rule === 'enum');
  const candidates = listed?.rule === 'enum' ? listed.values : realCandidates(column);
  return candidates.find(isGood);
}

function realCandidates({ rules }: Column): readonly string[] {
  const bounds = rules.flatMap((rule) =>
    rule.rule === 'minimum' || rule.rule === 'maximum' ? [rule.value] : [],
  );
  const steps = rules.flatMap((rule) => (rule.rule === 'multipleOf' ? [rule.value] : []));
  const anchors = ['1', '0', '-1', ...bounds];
  const values = bounds.map(Number);
  const between = (Math.min(...values) + Math.max(...values)) / 2;
  return [
    ...anchors,
    ...steps.flatMap((step) => anchors.flatMap((anchor) => multiplesAround(anchor, step))),
    ...values.flatMap((value) => [value + 1, value - 1, value * 2, value / 2].map(String)),
    ...(Number.isFinite(between) ? [String(between)] : []),
  ];
}

/** The multiples of `step` next to `anchor`, written out without an exponent that would round. */
function multiplesAround(anchor: string, step: string): readonly string[] {
  const [a, s] = [toDecimalText(anchor), toDecimalText(step)];
  if (s.digits === '') return [];
  const exponent = Math.min(a.exponent, s.exponent);
  const scaled = ({ digits, exponent: own, isNegative }: typeof a): bigint =>
    (isNegative ? -1n : 1n) * BigInt(digits === '' ? '0' : digits) * 10n ** BigInt(own - exponent);
  const unit = scaled(s);
  const below = floorMultiple(scaled(a), unit);
  return [below, below + unit, below - unit].map((value) => scaledText(value, -exponent));
}

/** value / 10^scale as JSON writes a number, every digit of it. */
export function scaledText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`;
}
