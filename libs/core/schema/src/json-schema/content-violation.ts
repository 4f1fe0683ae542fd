import type { Violation } from '../compatibility/violation.ts';
import { jsonPointer, type SchemaPath } from '../schema-problem.ts';
import type { Quantity } from './content-model.ts';

export const contentViolation = (
  path: SchemaPath,
  rule: string,
  message: string,
  fix: string,
): Violation => ({ path: jsonPointer(path), rule, message, fix });

interface Change<T> {
  readonly path: SchemaPath;
  readonly keyword: string;
  readonly reader: T | undefined;
  readonly writer: T | undefined;
}

/** A bound that shuts values out when it grows: `minLength`. Removing it admits more. */
export function judgeLowerBound(change: Change<Quantity>): readonly Violation[] {
  const { reader, writer } = change;
  if (reader === undefined) return [];
  if (writer === undefined) return [added(change)];
  return reader > writer ? [moved(change, 'increased')] : [];
}

/** A bound that shuts values out when it shrinks: `maxLength`. */
export function judgeUpperBound(change: Change<Quantity>): readonly Violation[] {
  const { reader, writer } = change;
  if (reader === undefined) return [];
  if (writer === undefined) return [added(change)];
  return reader < writer ? [moved(change, 'decreased')] : [];
}

/** A rule that cannot be weighed, only be the same: `pattern`, `format`. */
export function judgeExact(change: Change<string>): readonly Violation[] {
  const { reader, writer } = change;
  if (reader === undefined || reader === writer) return [];
  return [writer === undefined ? added(change) : moved(change, 'changed')];
}

/** Every multiple of the writer's number is one of the reader's. */
export function judgeMultipleOf(change: Change<Quantity>): readonly Violation[] {
  const { reader, writer } = change;
  if (reader === undefined) return [];
  if (writer === undefined) return [added(change)];
  return isMultiple(writer, reader) ? [] : [moved(change, 'changed')];
}

/** Decimals compare exactly: 0.3 is a multiple of 0.1. */
function isMultiple(value: Quantity, of: Quantity): boolean {
  if (typeof value === 'bigint' || typeof of === 'bigint') {
    return Number.isInteger(Number(of)) && Number(of) !== 0 && BigInt(value) % BigInt(of) === 0n;
  }
  const digits = Math.min(15, Math.max(fractionDigits(value), fractionDigits(of)));
  const [a, b] = [Math.round(value * 10 ** digits), Math.round(of * 10 ** digits)];
  return b !== 0 && a % b === 0;
}

function fractionDigits(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (mantissa.split('.')[1] ?? '').length - Number(exponent));
}

const kebab = (keyword: string): string => keyword.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const added = ({ path, keyword, reader }: Change<Quantity | string>): Violation =>
  contentViolation(
    [...path, keyword],
    `${kebab(keyword)}-added`,
    `${keyword} ${show(reader)} is required of values that were not bound by it`,
    `Remove ${keyword}, or add it as a new property.`,
  );

const moved = (
  { path, keyword, reader, writer }: Change<Quantity | string>,
  how: 'increased' | 'decreased' | 'changed',
): Violation =>
  contentViolation(
    [...path, keyword],
    `${kebab(keyword)}-${how}`,
    `${keyword} is ${show(reader)} for the reader and ${show(writer)} for the writer`,
    how === 'changed'
      ? `Keep ${keyword} ${show(writer)}, or remove it.`
      : `Keep ${show(writer)} or a wider ${keyword}.`,
  );

const show = (value: Quantity | string | undefined): string =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
