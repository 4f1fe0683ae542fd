import type { OdcsLogicalType } from '../odcs/odcs.ts';

/** A physical type such as `decimal(10, 2)` taken apart. */
export interface PhysicalType {
  /** Lower case, single spaces, without arguments: `decimal`, `timestamp without time zone`. */
  readonly word: string;
  readonly arguments: readonly string[];
}

export function parsePhysicalType(text: string | undefined): PhysicalType | undefined {
  if (text === undefined) return undefined;
  const match = /^\s*([A-Za-z_][\w ]*?)\s*(?:[(<]([^()<>]*)[)>]\s*([A-Za-z ]*))?$/.exec(text);
  if (match === null) return { word: text.trim().toLowerCase(), arguments: [] };
  const word = `${match[1]} ${match[3] ?? ''}`.trim().replace(/\s+/g, ' ').toLowerCase();
  return {
    word,
    arguments: (match[2] ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  };
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

export const INTEGER_BITS: Readonly<Record<string, 8 | 16 | 32 | 64>> = {
  tinyint: 8,
  byte: 8,
  smallint: 16,
  short: 16,
  int16: 16,
  int2: 16,
  int: 32,
  integer: 32,
  int32: 32,
  int4: 32,
  bigint: 64,
  long: 64,
  int64: 64,
  bigserial: 64,
  serial: 32,
};

export const DECIMAL_WORDS = words('decimal numeric number dec');
export const FLOAT_WORDS = words('real float4 float32');
const DOUBLE_WORDS = words('double float float8 float64');
export const BINARY_WORDS = words('binary varbinary bytes bytea blob');
export const JSON_WORDS = words('json jsonb variant');
const STRING_WORDS = words('string varchar char text nvarchar nchar character uuid citext enum');
const BOOLEAN_WORDS = words('boolean bool bit');
const OBJECT_WORDS = words('object struct record row map');
const ARRAY_WORDS = words('array list');
export const NTZ_WORDS = new Set([
  'timestamp_ntz',
  'timestamp without time zone',
  'datetime',
  'timestampntz',
]);
const TIMESTAMP_WORDS = new Set([
  'timestamp',
  'timestamptz',
  'timestamp_tz',
  'timestamp_ltz',
  'timestamp with time zone',
  ...NTZ_WORDS,
]);

/** The logical type a physical type implies when the contract states none. */
export function impliedLogicalType(physical: PhysicalType | undefined): OdcsLogicalType | undefined {
  const word = physical?.word;
  if (word === undefined) return undefined;
  if (word in INTEGER_BITS) return 'integer';
  if (
    DECIMAL_WORDS.has(word) ||
    FLOAT_WORDS.has(word) ||
    DOUBLE_WORDS.has(word) ||
    word === 'double precision'
  ) {
    return 'number';
  }
  if (STRING_WORDS.has(word) || BINARY_WORDS.has(word) || word === 'character varying') return 'string';
  if (BOOLEAN_WORDS.has(word)) return 'boolean';
  if (word === 'date' || word === 'time') return word;
  if (TIMESTAMP_WORDS.has(word)) return 'timestamp';
  if (OBJECT_WORDS.has(word) || JSON_WORDS.has(word)) return 'object';
  return ARRAY_WORDS.has(word) ? 'array' : undefined;
}
