import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import type { ColumnType } from '../compiled-contract.ts';
import type { OdcsProperty } from '../odcs/odcs.ts';
import {
  BINARY_WORDS,
  DECIMAL_WORDS,
  FLOAT_WORDS,
  impliedLogicalType,
  INTEGER_BITS,
  JSON_WORDS,
  NTZ_WORDS,
  parsePhysicalType,
} from './physical-type.ts';
import type { PhysicalType } from './physical-type.ts';

/** What has to be mended before a property has a column type. */
export interface TypeProblem {
  readonly key: string;
  readonly message: string;
  readonly fix: string;
}

/** The column type of a property without inner properties; `nested` says that the caller builds it from them. */
export type LeafType = ColumnType | { readonly kind: 'nested'; readonly shape: 'struct' | 'array' | 'map' };

/** Bounds that a type of the standard has and the column type does not. */
const UNSIGNED_MAX: Readonly<Record<string, string>> = {
  u8: '255',
  u16: '65535',
  u32: '4294967295',
  u64: '18446744073709551615',
};

export const impliedBounds = (
  property: OdcsProperty,
): { readonly minimum: string; readonly maximum?: string } | undefined => {
  const format = String(property.logicalTypeOptions?.['format'] ?? '');
  if (property.logicalType !== 'integer' || !format.startsWith('u')) return undefined;
  const maximum = UNSIGNED_MAX[format];
  return maximum === undefined ? { minimum: '0' } : { minimum: '0', maximum };
};

export function leafType(property: OdcsProperty): Result<LeafType, TypeProblem> {
  const physical = parsePhysicalType(property.physicalType);
  const logicalType = property.logicalType ?? impliedLogicalType(physical);
  switch (logicalType) {
    case undefined:
      return err({
        key: 'logicalType',
        message: 'the property has no logicalType',
        fix: 'Add logicalType: string, integer, number, boolean, date, timestamp, time, object or array.',
      });
    case 'string':
      return ok({ kind: physical !== undefined && BINARY_WORDS.has(physical.word) ? 'binary' : 'string' });
    case 'time':
      return ok({ kind: 'string' });
    case 'boolean':
      return ok({ kind: 'boolean' });
    case 'date':
      return ok({ kind: 'date' });
    case 'timestamp':
      return timestampType(property, physical);
    case 'integer':
      return integerType(property, physical);
    case 'number':
      return numberType(property, physical);
    case 'object':
      return ok(objectType(property, physical));
    case 'array':
      return ok(property.items === undefined ? { kind: 'json' } : { kind: 'nested', shape: 'array' });
  }
}

function timestampType(
  property: OdcsProperty,
  physical: PhysicalType | undefined,
): Result<LeafType, TypeProblem> {
  const { timezone, defaultTimezone } = property.logicalTypeOptions ?? {};
  const isLocal =
    timezone === false || (physical !== undefined && NTZ_WORDS.has(physical.word) && timezone !== true);
  if (!isLocal) return ok({ kind: 'timestamp' });
  if (defaultTimezone === undefined) return ok({ kind: 'timestampNtz' });
  return err({
    key: 'logicalTypeOptions.defaultTimezone',
    message: 'local times with a defaultTimezone cannot be turned into instants at staging',
    fix: 'Send the offset with each value (timezone: true), or remove defaultTimezone to keep local times as they are.',
  });
}

const FORMAT_BITS: Readonly<Record<string, 8 | 16 | 32 | 64>> = {
  i8: 8,
  i16: 16,
  i32: 32,
  i64: 64,
  u8: 16,
  u16: 32,
  u32: 64,
};

function integerType(
  property: OdcsProperty,
  physical: PhysicalType | undefined,
): Result<LeafType, TypeProblem> {
  const format = property.logicalTypeOptions?.['format'];
  if (format === 'u64') return ok({ kind: 'decimal', precision: 20, scale: 0 });
  if (format === 'i128' || format === 'u128') return ok({ kind: 'decimal', precision: 38, scale: 0 });
  if (typeof format === 'string') return ok({ kind: 'integer', bits: FORMAT_BITS[format] ?? 64 });
  if (physical !== undefined && DECIMAL_WORDS.has(physical.word) && physical.arguments.length > 0) {
    return decimalType(physical);
  }
  return ok({ kind: 'integer', bits: INTEGER_BITS[physical?.word ?? ''] ?? 64 });
}

function numberType(
  property: OdcsProperty,
  physical: PhysicalType | undefined,
): Result<LeafType, TypeProblem> {
  const word = physical?.word ?? '';
  if (physical !== undefined && DECIMAL_WORDS.has(word)) return decimalType(physical);
  if (property.logicalTypeOptions?.['format'] === 'f32' || FLOAT_WORDS.has(word))
    return ok({ kind: 'float' });
  const bits = INTEGER_BITS[word];
  return ok(bits === undefined ? { kind: 'double' } : { kind: 'integer', bits });
}

function decimalType(physical: PhysicalType): Result<LeafType, TypeProblem> {
  const [precision, scale = 0] = physical.arguments.map(Number);
  const isStated =
    precision !== undefined &&
    Number.isInteger(precision) &&
    Number.isInteger(scale) &&
    precision >= 1 &&
    scale >= 0;
  if (isStated && precision <= 38 && scale <= precision) return ok({ kind: 'decimal', precision, scale });
  return err({
    key: 'physicalType',
    message: isStated
      ? 'a decimal has at most 38 digits, and no more of them behind the point than in all'
      : 'a decimal needs its digits, in all and behind the point',
    fix: 'Write physicalType: decimal(18, 4), with the digits the values have.',
  });
}

function objectType(property: OdcsProperty, physical: PhysicalType | undefined): LeafType {
  if (property.properties !== undefined && property.properties.length > 0)
    return { kind: 'nested', shape: 'struct' };
  const isMap = physical?.word === 'map' && physical.arguments.length === 2;
  if (isMap && !JSON_WORDS.has(physical.word)) return { kind: 'nested', shape: 'map' };
  return { kind: 'json' };
}
