import { err, ok, type Result } from '@headwater/kernel';
import { formatDate, formatDateTime, parseDate, parseDateTime } from './calendar.ts';
import { describeType, type DeltaType } from './schema.ts';

/**
 * One partition value. integer, float, double, date (days): number; long, timestamp and timestamp_ntz (microseconds),
 * decimal (unscaled): bigint; the rest as its kind says.
 */
export type PartitionValue = null | boolean | number | bigint | string | Uint8Array;

/**
 * The text of a value in `partitionValues`; null for NULL. An error when the text would not come back as the same
 * value: an empty string means NULL in a partition. PROTOCOL.md, Partition Value Serialization.
 */
export function formatPartitionValue(type: DeltaType, value: PartitionValue): Result<string | null, string> {
  if (value === null) return ok(null);
  if (type === 'date' && typeof value === 'number') return ok(formatDate(value));
  if (type === 'timestamp' && typeof value === 'bigint') return ok(`${formatDateTime(value, 6)}Z`);
  if (type === 'timestamp_ntz' && typeof value === 'bigint') {
    return ok(formatDateTime(value, 6).replace('T', ' '));
  }
  if (isDecimal(type) && typeof value === 'bigint') return ok(formatDecimal(value, type.scale));
  if (type === 'string' && typeof value === 'string') {
    return value === '' ? err('an empty string means NULL in a partition column') : ok(value);
  }
  if (value instanceof Uint8Array) return err('binary columns cannot be partition columns here');
  if (typeof value === 'number' && !Number.isFinite(value)) return ok(nonFinite(value));
  if (typeof value === 'string') return err(`text is no value of ${describeType(type)}`);
  return ok(String(value));
}

/** The value behind the text of `partitionValues`; an error when the text is no value of the type. */
export function parsePartitionValue(
  type: DeltaType,
  text: string | null | undefined,
): Result<PartitionValue, string> {
  if (text === null || text === undefined || text === '') return ok(null);
  const value = parseValue(type, text);
  return value === undefined ? err(`"${text}" is no ${describeType(type)}`) : ok(value);
}

function parseValue(type: DeltaType, text: string): PartitionValue | undefined {
  if (isDecimal(type)) return parseDecimal(text, type.scale);
  switch (type) {
    case 'string':
      return text;
    case 'binary':
      return new TextEncoder().encode(text);
    case 'boolean':
      return { true: true, false: false }[text.toLowerCase()];
    case 'byte':
    case 'short':
    case 'integer':
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    case 'long':
      return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined;
    case 'float':
    case 'double':
      return parseDouble(text);
    case 'date':
      return parseDate(text);
    case 'timestamp':
    case 'timestamp_ntz':
      return parseDateTime(text);
    default:
      return undefined;
  }
}

function parseDouble(text: string): number | undefined {
  const special = { nan: NaN, inf: Infinity, infinity: Infinity, '-inf': -Infinity, '-infinity': -Infinity };
  const named = Object.entries(special).find(([name]) => name === text.toLowerCase());
  if (named !== undefined) return named[1];
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Unscaled value of decimal text at the given scale; undefined when digits would be lost. */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) return undefined;
  const fraction = match[3] ?? '';
  const shift = scale - fraction.length + Number(match[4] ?? 0);
  const digits = `${match[2]}${fraction}`;
  const cut = shift < 0 ? digits.slice(shift) : '';
  if (/[1-9]/.test(cut)) return undefined;
  const unscaled = shift < 0 ? digits.slice(0, shift) : digits + '0'.repeat(shift);
  return BigInt(`${match[1] === '-' ? '-' : ''}${unscaled === '' ? '0' : unscaled}`);
}

/** Decimal text of an unscaled value, with exactly `scale` digits after the point. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(digits.length - scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}

const isDecimal = (type: DeltaType) => typeof type !== 'string' && type.type === 'decimal';
const nonFinite = (value: number) => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity');
