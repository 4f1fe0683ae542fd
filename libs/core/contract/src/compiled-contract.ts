/**
 * A data contract compiled once into the closed form that staging, inference and documentation work with.
 * Everything here is plain data, so a compiled contract can be stored, hashed and diffed.
 */

/** The type of one column. `json` keeps the value as its JSON text; `binary` is base64 in JSON. */
export type ColumnType =
  | { readonly kind: 'string' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64 }
  | { readonly kind: 'float' }
  | { readonly kind: 'double' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'timestampNtz' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'json' }
  | { readonly kind: 'struct'; readonly fields: readonly Column[] }
  | { readonly kind: 'array'; readonly element: Column }
  | { readonly kind: 'map'; readonly value: Column };

/** How an instant is written in the record. `iso8601` accepts only RFC 3339 with a zone (`Z` or an offset). */
export type TimeEncoding = 'iso8601' | 'epochSeconds' | 'epochMillis' | 'epochMicros' | 'epochNanos';

/**
 * A check on one value after its type is known. Numbers are decimal strings so that no digit is lost; bounds of times
 * are RFC 3339. Lengths count code points of a string, entries of an array or map. Patterns search anywhere (ECMA-262,
 * the part that can be matched in linear time).
 */
export type ValueRule =
  | { readonly rule: 'enum'; readonly values: readonly string[] }
  | { readonly rule: 'pattern'; readonly pattern: string }
  | { readonly rule: 'minimum'; readonly value: string; readonly exclusive: boolean }
  | { readonly rule: 'maximum'; readonly value: string; readonly exclusive: boolean }
  | { readonly rule: 'minLength'; readonly value: number }
  | { readonly rule: 'maxLength'; readonly value: number }
  | { readonly rule: 'multipleOf'; readonly value: string };

/** One property of the contract as one column of the table. */
export interface Column {
  /** Column name in the table (ODCS `physicalName`, else `name`). */
  readonly name: string;
  /** Key of the member in the JSON object (ODCS `name`). */
  readonly source: string;
  readonly type: ColumnType;
  /** A missing member or JSON null is a violation. */
  readonly required: boolean;
  readonly time?: TimeEncoding;
  readonly rules: readonly ValueRule[];
  /** ODCS classification word, if any. */
  readonly classification?: string;
  /** The value identifies or describes a person: no stats are kept on it and it is masked when shown. */
  readonly personal: boolean;
}

export interface CompiledContract {
  readonly contractId: string;
  /** Semantic version of the contract. */
  readonly contractVersion: string;
  readonly columns: readonly Column[];
  /** What happens to members the contract does not name: ignored (their JSON must still be valid) or a violation. */
  readonly unknownMembers: 'ignore' | 'refuse';
  /** Name of the column that holds the event time, if the contract declares one. */
  readonly eventTimeColumn?: string;
  /** Name of the column whose value names the person a record is about, for erasure. */
  readonly erasureKeyColumn?: string;
  /** Names of the columns that together identify an event. */
  readonly keyColumns: readonly string[];
  /** Columns (with date derivation) the table is partitioned by. */
  readonly partitionColumns: readonly PartitionColumn[];
  /** A record value longer than this many bytes is quarantined as `oversize`. */
  readonly recordBytesMax: number;
}

export type PartitionColumn =
  | { readonly name: string; readonly from: 'column'; readonly column: string }
  | { readonly name: string; readonly from: 'date'; readonly column: string };

/**
 * One typed value as the judge returns it.
 * integer bits <= 32, date (days since 1970-01-01), float, double: number; integer 64, timestamp and timestampNtz
 * (microseconds since the epoch), decimal (unscaled): bigint; string and json: string; binary: bytes;
 * struct: one entry per field in order; array: entries; map: [key, value] pairs.
 */
export type ColumnValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly struct: readonly ColumnValue[] }
  | { readonly array: readonly ColumnValue[] }
  | { readonly map: readonly (readonly [string, ColumnValue])[] };

/** Why a record cannot be taken. Closed set; docs/specs/contract-judgement.md lists each with an example. */
export type ReasonCode =
  | 'empty'
  | 'oversize'
  | 'invalid-utf8'
  | 'invalid-json'
  | 'not-an-object'
  | 'nul-character'
  | 'duplicate-key'
  | 'too-deep'
  | 'unknown-member'
  | 'required'
  | 'type'
  | 'out-of-range'
  | 'not-exact'
  | 'timestamp'
  | 'date'
  | 'enum'
  | 'pattern'
  | 'minimum'
  | 'maximum'
  | 'min-length'
  | 'max-length'
  | 'multiple-of'
  | 'partition-value'
  | 'schema-incompatible';

/** The verdict on one record value: its columns in contract order, or one reason [C7]. */
export type RecordVerdict =
  | { readonly accepted: true; readonly values: readonly ColumnValue[] }
  | {
      readonly accepted: false;
      readonly reason: ReasonCode;
      /** Which stage of the pipeline judged: decode (bytes and JSON), map (types), validate (rules). */
      readonly stage: 'decode' | 'map' | 'validate';
      /** Dotted path of the member, empty for the whole record. */
      readonly path: string;
      /** One sentence without the value itself. */
      readonly detail: string;
    };

/** Judges one record value. Compiled once per contract; no verdict depends on an earlier one. */
export type RecordJudge = (value: Uint8Array) => RecordVerdict;
