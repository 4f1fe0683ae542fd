import type { JsonObject, JsonValue } from '../text/json-text.ts';

/** Avro 1.12 specification, "Schema Declaration". Named types are shared objects: a recursive schema is a cyclic graph. */
export type AvroSchema = AvroPrimitive | AvroArray | AvroMap | AvroUnion | AvroNamed;
export type AvroNamed = AvroRecord | AvroEnum | AvroFixed;

export const avroPrimitives = [
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
] as const;
export type AvroPrimitiveName = (typeof avroPrimitives)[number];

/** What the schema says beyond the specification, kept as it is, in the order of the text. */
interface AvroExtras {
  readonly attributes: JsonObject;
}

/** `precision` and `scale` are set for a valid decimal only; an invalid logical type is ignored, as the specification asks. */
export interface AvroLogicalType {
  readonly name: string;
  readonly precision?: number;
  readonly scale?: number;
}

interface AvroAnnotated extends AvroExtras {
  readonly logicalType?: AvroLogicalType;
}

export interface AvroPrimitive extends AvroAnnotated {
  readonly kind: AvroPrimitiveName;
}

export interface AvroArray extends AvroAnnotated {
  readonly kind: 'array';
  readonly items: AvroSchema;
}

export interface AvroMap extends AvroAnnotated {
  readonly kind: 'map';
  readonly values: AvroSchema;
}

export interface AvroUnion {
  readonly kind: 'union';
  readonly branches: readonly AvroSchema[];
}

interface AvroNamedParts extends AvroAnnotated {
  /** Full name, with the namespace in front where there is one. */
  readonly fullName: string;
  /** Full names. */
  readonly aliases: readonly string[];
  readonly doc?: string;
}

export interface AvroRecord extends AvroNamedParts {
  readonly kind: 'record';
  readonly isError: boolean;
  readonly fields: readonly AvroField[];
}

export interface AvroField extends AvroExtras {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroSchema;
  readonly doc?: string;
  /** Undefined when there is none; JSON null is a default. */
  readonly default?: JsonValue;
  readonly order?: string;
}

export interface AvroEnum extends AvroNamedParts {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  readonly default?: string;
}

export interface AvroFixed extends AvroNamedParts {
  readonly kind: 'fixed';
  readonly size: number;
}

export const isAvroNamed = (schema: AvroSchema): schema is AvroNamed =>
  schema.kind === 'record' || schema.kind === 'enum' || schema.kind === 'fixed';

/** The last part of a full name: what schema resolution compares. */
export const unqualifiedName = (fullName: string): string => fullName.slice(fullName.lastIndexOf('.') + 1);

export const namespaceOf = (fullName: string): string =>
  fullName.slice(0, Math.max(0, fullName.lastIndexOf('.')));

/** `record demo.Order`, `array of string`: how a message names a type. */
export function describeAvro(schema: AvroSchema): string {
  if (isAvroNamed(schema)) return `${schema.kind} ${schema.fullName}`;
  if (schema.kind === 'array') return `array of ${shortly(schema.items)}`;
  if (schema.kind === 'map') return `map of ${shortly(schema.values)}`;
  if (schema.kind === 'union') return `union of ${schema.branches.slice(0, 6).map(shortly).join(', ')}`;
  return schema.kind;
}

const shortly = (schema: AvroSchema): string => (isAvroNamed(schema) ? schema.fullName : schema.kind);
