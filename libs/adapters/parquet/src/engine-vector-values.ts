import duck, { type Vector } from '@duckdb/node-bindings';
import type { ColumnType, ColumnValue } from '@headwater/core-contract';
import { assert } from '@headwater/kernel';
import { decimalBytes } from './engine-column-types.ts';
import {
  assignBytes,
  copyInto,
  copyValidity,
  reserveElements,
  setNull,
  validityBits,
} from './engine-vector-copy.ts';

/**
 * Writes `values` as the first rows of the vector, at any depth of nesting. The vector has room for exactly `room` rows: a
 * chunk's own vectors have the vector size, the child of a list is given its room here.
 */
export function writeValues(
  vector: Vector,
  type: ColumnType,
  values: readonly ColumnValue[],
  room: number,
): void {
  writeValidity(vector, values, room);
  switch (type.kind) {
    case 'struct':
      for (const [index, fieldOfType] of type.fields.entries()) {
        const members = values.map((value) => (value === null ? null : asStruct(value)[index]!));
        writeValues(duck.struct_vector_get_child(vector, index), fieldOfType.type, members, room);
      }
      return;
    case 'array': {
      const child = writeEntries(vector, lengthsOf(values, asArray), room);
      const elements = values.flatMap((value) => (value === null ? [] : asArray(value)));
      return writeValues(child.vector, type.element.type, elements, child.room);
    }
    case 'map': {
      const child = writeEntries(vector, lengthsOf(values, asMap), room);
      const entries = values.flatMap((value) => (value === null ? [] : asMap(value)));
      const member = (index: number) => duck.struct_vector_get_child(child.vector, index);
      writeValues(
        member(0),
        { kind: 'string' },
        entries.map(([key]) => key),
        child.room,
      );
      return writeValues(
        member(1),
        type.value.type,
        entries.map(([, value]) => value),
        child.room,
      );
    }
    case 'string':
    case 'json':
    case 'binary':
      return writeBytes(vector, values, room);
    case 'boolean':
    case 'integer':
    case 'float':
    case 'double':
    case 'decimal':
    case 'date':
    case 'timestamp':
    case 'timestampNtz':
      return copyInto(vector, toTypedArray(type, values), bytesPerRow(type), room);
  }
}

function writeValidity(vector: Vector, values: readonly ColumnValue[], room: number): void {
  if (!values.includes(null)) return;
  const bits = validityBits(values.length);
  for (const [row, value] of values.entries()) if (value === null) setNull(bits, row);
  copyValidity(vector, bits, room);
}

interface ListChild {
  readonly vector: Vector;
  readonly room: number;
}

/** Writes (offset, length) of each list, gives the child its room and returns it. */
function writeEntries(vector: Vector, lengths: readonly number[], room: number): ListChild {
  const entries = new BigUint64Array(lengths.length * 2);
  let total = 0;
  for (const [row, length] of lengths.entries()) {
    entries[2 * row] = BigInt(total);
    entries[2 * row + 1] = BigInt(length);
    total += length;
  }
  const child = reserveElements(vector, total);
  copyInto(vector, entries, 16, room);
  return { vector: child, room: total };
}

const lengthsOf = (
  values: readonly ColumnValue[],
  entriesOf: (value: ColumnValue) => readonly unknown[],
): readonly number[] => values.map((value) => (value === null ? 0 : entriesOf(value).length));

const encoder = new TextEncoder();

function writeBytes(vector: Vector, values: readonly ColumnValue[], room: number): void {
  for (const [row, value] of values.entries()) {
    if (value === null) continue;
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    assert(bytes instanceof Uint8Array, 'text and binary columns hold text or bytes');
    assignBytes(vector, row, bytes, room);
  }
}

type Scalar = Extract<
  ColumnType,
  {
    readonly kind:
      'boolean' | 'integer' | 'float' | 'double' | 'decimal' | 'date' | 'timestamp' | 'timestampNtz';
  }
>;

function bytesPerRow(type: Scalar): number {
  switch (type.kind) {
    case 'boolean':
      return 1;
    case 'integer':
      return type.bits / 8;
    case 'date':
    case 'float':
      return 4;
    case 'double':
    case 'timestamp':
    case 'timestampNtz':
      return 8;
    case 'decimal':
      return decimalBytes(type.precision);
  }
}

function toTypedArray(type: Scalar, values: readonly ColumnValue[]): ArrayBufferView {
  switch (type.kind) {
    case 'boolean':
      return Uint8Array.from(values, (value) => (value === true ? 1 : 0));
    case 'integer':
      switch (type.bits) {
        case 8:
          return Int8Array.from(values, asNumber);
        case 16:
          return Int16Array.from(values, asNumber);
        case 32:
          return Int32Array.from(values, asNumber);
        case 64:
          return BigInt64Array.from(values, asBigInt);
      }
    case 'date':
      return Int32Array.from(values, asNumber);
    case 'float':
      return Float32Array.from(values, asNumber);
    case 'double':
      return Float64Array.from(values, asNumber);
    case 'timestamp':
    case 'timestampNtz':
      return BigInt64Array.from(values, asBigInt);
    case 'decimal':
      return toDecimals(type.precision, values);
  }
}

function toDecimals(precision: number, values: readonly ColumnValue[]): ArrayBufferView {
  switch (decimalBytes(precision)) {
    case 2:
      return Int16Array.from(values, (value) => Number(asBigInt(value)));
    case 4:
      return Int32Array.from(values, (value) => Number(asBigInt(value)));
    case 8:
      return BigInt64Array.from(values, asBigInt);
    case 16:
      return toHugeInts(values);
  }
}

/** 128-bit integers: low word, then high word. */
function toHugeInts(values: readonly ColumnValue[]): BigInt64Array {
  const words = new BigInt64Array(values.length * 2);
  for (const [row, value] of values.entries()) {
    const wide = asBigInt(value);
    words[2 * row] = BigInt.asIntN(64, wide);
    words[2 * row + 1] = wide >> 64n;
  }
  return words;
}

const asNumber = (value: ColumnValue): number => (value === null ? 0 : Number(value as number));
const asBigInt = (value: ColumnValue): bigint => (value === null ? 0n : (value as bigint));

function asStruct(value: ColumnValue): readonly ColumnValue[] {
  assert(typeof value === 'object' && value !== null && 'struct' in value, 'a struct column holds structs');
  return value.struct;
}

function asArray(value: ColumnValue): readonly ColumnValue[] {
  assert(typeof value === 'object' && value !== null && 'array' in value, 'an array column holds arrays');
  return value.array;
}

function asMap(value: ColumnValue): readonly (readonly [string, ColumnValue])[] {
  assert(
    typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && 'map' in value,
    'a map column holds maps',
  );
  return value.map;
}
