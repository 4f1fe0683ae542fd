import { member, type JsonObject } from '../text/json-text.ts';
import type { AvroLogicalType } from './avro-schema.ts';

const basesOf: Readonly<Record<string, readonly string[]>> = {
  decimal: ['bytes', 'fixed'],
  'big-decimal': ['bytes'],
  uuid: ['string', 'fixed'],
  date: ['int'],
  'time-millis': ['int'],
  'time-micros': ['long'],
  'timestamp-millis': ['long'],
  'timestamp-micros': ['long'],
  'timestamp-nanos': ['long'],
  'local-timestamp-millis': ['long'],
  'local-timestamp-micros': ['long'],
  'local-timestamp-nanos': ['long'],
  duration: ['fixed'],
};

/** The logical type of a schema, or undefined when there is none or it is not valid on its base ("Logical Types"). */
export function parseLogicalType(json: JsonObject, base: string, size?: number): AvroLogicalType | undefined {
  const name = member(json, 'logicalType');
  if (typeof name !== 'string') return undefined;
  const bases = basesOf[name];
  if (bases !== undefined && !bases.includes(base)) return undefined;
  if (name === 'duration' && size !== 12) return undefined;
  return name === 'decimal' ? decimal(json, size) : { name };
}

function decimal(json: JsonObject, size: number | undefined): AvroLogicalType | undefined {
  const precision = member(json, 'precision');
  const scale = member(json, 'scale') ?? 0;
  if (typeof precision !== 'number' || !Number.isInteger(precision) || precision < 1) return undefined;
  if (typeof scale !== 'number' || !Number.isInteger(scale) || scale < 0 || scale > precision)
    return undefined;
  if (size !== undefined && precision > Math.floor(Math.log10(2) * (8 * size - 1))) return undefined;
  return { name: 'decimal', precision, scale };
}
