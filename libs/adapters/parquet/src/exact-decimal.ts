/**
 * The members of a JSON object; a number that a double may not keep comes as `{ digits }`, as it was written. Undefined
 * when the text is not one JSON object.
 */
export function parseMembers(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = /\d[\d.]{15}/.test(text)
      ? JSON.parse(text, keepDigits as Reviver)
      : JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** The third argument of a reviver (ECMA-262, JSON.parse source text access) is not in the type library. */
type Reviver = (key: string, value: unknown) => unknown;

const keepDigits = (_key: string, value: unknown, context: { readonly source?: string }): unknown =>
  typeof value === 'number' && (context.source?.length ?? 0) > 15 ? { digits: context.source } : value;

const digitsOf = (value: unknown): string | undefined => {
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  if (typeof value !== 'object' || value === null || !('digits' in value)) return undefined;
  return typeof value.digits === 'string' ? value.digits : undefined;
};

export const toNumber = (value: unknown): number => {
  if (typeof value === 'number') return value;
  const digits = typeof value === 'object' ? digitsOf(value) : undefined;
  return digits === undefined ? Number.NaN : Number(digits);
};

const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** value x 10^scale when that is an integer. */
export function scaledInteger(value: unknown, scale: number): bigint | undefined {
  const parts = decimal.exec(digitsOf(value) ?? '');
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const unscaled = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const power = Number(exponent) - fraction.length + scale;
  if (unscaled === 0n) return 0n;
  if (power >= 0) return unscaled * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
}

/** With exactly `scale` decimal places, as SQL prints a decimal. */
export function decimalText(value: unknown, scale: number): string | undefined {
  const unscaled = scaledInteger(value, scale);
  if (unscaled === undefined || scale === 0) return unscaled?.toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
