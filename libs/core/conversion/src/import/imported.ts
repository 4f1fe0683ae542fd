import type { ConversionLoss } from '../conversion.ts';

/** A property of ODCS as plain data, in the order its keys are written. */
export type PropertyData = Readonly<Record<string, unknown>>;

/** What a schema in another format says about the records. */
export interface ImportedRecord {
  readonly name: string;
  readonly description?: string;
  readonly properties: readonly PropertyData[];
  /** What the schema says and a contract cannot; paths are those of the schema. */
  readonly losses: readonly ConversionLoss[];
}

/** Levels of types inside types that become properties; what is deeper, or contains itself, is kept as JSON. */
export const LEVELS_MAX = 30;

export const JSON_TYPE = { logicalType: 'object', physicalType: 'json' } as const;

/** A string of which only the listed values are valid. */
export const enumOf = (values: readonly unknown[]): PropertyData => ({
  logicalType: 'string',
  quality: [
    {
      type: 'library',
      metric: 'invalidValues',
      arguments: { validValues: values },
      mustBe: 0,
      dimension: 'conformity',
      severity: 'error',
    },
  ],
});

export const integer = (bits: 32 | 64): PropertyData => ({
  logicalType: 'integer',
  logicalTypeOptions: { format: bits === 32 ? 'i32' : 'i64' },
});

export const float = (format: 'f32' | 'f64'): PropertyData => ({
  logicalType: 'number',
  logicalTypeOptions: { format },
});

export const decimal = (precision: number, scale: number): PropertyData => ({
  logicalType: 'number',
  physicalType: `decimal(${precision},${scale})`,
});

export const withText = (description: string | undefined): PropertyData =>
  description === undefined || description.trim() === '' ? {} : { description: description.trim() };

/** The type of a map's values as `map<string, T>` has it; undefined when T has no short name. */
export function physicalName(type: PropertyData): string | undefined {
  if (type['quality'] !== undefined || type['properties'] !== undefined) return undefined;
  const { logicalType, physicalType, logicalTypeOptions } = type as {
    logicalType?: string;
    physicalType?: string;
    logicalTypeOptions?: { format?: string };
  };
  if (physicalType !== undefined) return physicalType.includes('(') ? undefined : physicalType;
  if (logicalType === 'integer') return logicalTypeOptions?.format === 'i32' ? 'int' : 'bigint';
  if (logicalType === 'number') return logicalTypeOptions?.format === 'f32' ? 'float4' : 'double';
  return ['string', 'boolean', 'date', 'timestamp'].includes(logicalType ?? '') &&
    logicalTypeOptions === undefined
    ? logicalType
    : undefined;
}
