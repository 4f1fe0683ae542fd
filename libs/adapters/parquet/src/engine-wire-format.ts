import type { ScannedRecord } from '@headwater/core-staging';
import type { Refusal } from './engine-refused-rows.ts';

/** Confluent's wire format: a zero byte, the schema id as four bytes, then the value. No JSON begins with a zero byte. */
const HEADER_BYTES = 5;

/** Where the JSON of a record value begins, and the schema id before it. */
export interface WireValue {
  readonly start: number;
  readonly schemaId: number | null;
  readonly refusal: Refusal | undefined;
}

export function readWireFormat(record: ScannedRecord, schemaIds: ReadonlySet<number>): WireValue {
  const { bytes, valueStart, valueEnd } = record;
  if (schemaIds.size === 0 || bytes[valueStart] !== 0 || valueEnd - valueStart < HEADER_BYTES) {
    return { start: valueStart, schemaId: null, refusal: undefined };
  }
  const schemaId =
    (bytes[valueStart + 1]! << 24) |
    (bytes[valueStart + 2]! << 16) |
    (bytes[valueStart + 3]! << 8) |
    bytes[valueStart + 4]!;
  const start = valueStart + HEADER_BYTES;
  return { start, schemaId, refusal: schemaIds.has(schemaId) ? undefined : unknownSchema };
}

const unknownSchema: Refusal = {
  accepted: false,
  reason: 'schema-incompatible',
  stage: 'decode',
  path: '',
  detail: 'the schema id of the record is none of those the contract was compiled with',
};
