/**
 * JSON as the Delta log uses it, without losing a digit: an integer beyond 2^53 is a bigint, a fraction that a double
 * cannot hold is an ExactNumber, everything else is plain.
 */
export type LogValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | ExactNumber
  | readonly LogValue[]
  | { readonly [key: string]: LogValue };

export type LogObject = { readonly [key: string]: LogValue };

/** A number whose text is its value. `value` is the JSON number text. */
export class ExactNumber {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}
export const exactNumber = (text: string): ExactNumber => new ExactNumber(text);
export const isExactNumber = (value: unknown): value is ExactNumber => value instanceof ExactNumber;

/** The texts of numbers that JSON.parse tells and JSON.stringify takes (ECMAScript, JSON.parse source text access). */
const exactJson = JSON as unknown as {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
};

/** Longer digit runs, or exponents of three digits, are the only texts that a double may not hold. */
const MAY_LOSE_DIGITS = /[0-9.]{16}|[eE][+-]?[0-9]{3}/;

/** Throws SyntaxError when the text is not JSON. Of members with one name the last one counts. */
export function parseLogJson(text: string): LogValue {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text) as LogValue;
  return exactJson.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? parseNumber(source) : value,
  ) as LogValue;
}

/** One line of JSON; members that are undefined are left out. */
export function formatLogJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return exactJson.rawJSON(String(inner));
    return isExactNumber(inner) ? exactJson.rawJSON(inner.value) : inner;
  }) as string | undefined;
  if (text === undefined) throw new Error('invariant broken: only JSON values are written to the log');
  return text;
}

/** The number as a double when it is one; undefined for anything else. */
export function toNumber(value: LogValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return isExactNumber(value) ? Number(value.value) : undefined;
}

/** The integer, or undefined when the value is not one. */
export function toBigInt(value: LogValue | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

export const isLogObject = (value: LogValue | undefined): value is LogObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);

function parseNumber(text: string): number | bigint | ExactNumber {
  const double = Number(text);
  if (/^-?[0-9]+$/.test(text)) return Number.isSafeInteger(double) ? double : BigInt(text);
  if (String(double) === text) return double;
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/^-?0*\.?0*/, '')
    .replace('.', '');
  return digits.length <= 15 && Number.isFinite(double) ? double : new ExactNumber(text);
}
