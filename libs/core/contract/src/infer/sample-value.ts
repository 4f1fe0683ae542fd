import { createCursor, resetCursor } from '../judge/cursor.ts';
import { readDouble } from '../judge/exact-number.ts';
import { scanNumber } from '../judge/number-scan.ts';
import { encodeUtf8 } from '../judge/text.ts';

/** A JSON number as it is written. */
export class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type SampleValue =
  | null
  | boolean
  | string
  | WrittenNumber
  | readonly SampleValue[]
  | { readonly [member: string]: SampleValue };

/** Parses JSON that the judge has found valid, keeping every digit of its numbers. */
export function parseSampleValue(text: string): SampleValue {
  const keepNumbers = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? new WrittenNumber(context?.source ?? String(value)) : value;
  return JSON.parse(text, keepNumbers) as SampleValue;
}

/** True when a double column takes the number. */
export function fitsDouble(text: string): boolean {
  const bytes = encodeUtf8(text);
  const cursor = createCursor();
  resetCursor(cursor, bytes, 0, bytes.length);
  return scanNumber(cursor) && readDouble(cursor, { value: 0 }) === 'held';
}
