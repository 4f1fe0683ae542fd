import type { SchemaPosition } from '../schema-problem.ts';

/** One .proto file: proto2, proto3 or an edition. Names are as written; `fullName` has the package and no leading dot. */
export interface ProtobufFile {
  readonly syntax: 'proto2' | 'proto3' | 'editions';
  /** For example `2023`. */
  readonly edition?: string;
  readonly package: string;
  readonly imports: readonly ProtobufImport[];
  readonly options: readonly ProtobufOption[];
  readonly messages: readonly ProtobufMessage[];
  readonly enums: readonly ProtobufEnum[];
  readonly services: readonly ProtobufService[];
  readonly extensions: readonly ProtobufExtension[];
}

export interface ProtobufImport {
  readonly path: string;
  readonly kind: 'plain' | 'public' | 'weak' | 'option';
}

/** `value` is the text of the constant as it is written. */
export interface ProtobufOption {
  readonly name: string;
  readonly value: string;
}

interface ProtobufElement extends SchemaPosition {
  readonly name: string;
  /** The comment above it, without its marks. */
  readonly comment?: string;
  readonly options: readonly ProtobufOption[];
}

export interface ProtobufMessage extends ProtobufElement {
  readonly fullName: string;
  /** All fields, those of oneofs and groups too, in the order of the file. */
  readonly fields: readonly ProtobufField[];
  readonly oneofs: readonly ProtobufOneof[];
  readonly messages: readonly ProtobufMessage[];
  readonly enums: readonly ProtobufEnum[];
  readonly extensions: readonly ProtobufExtension[];
  readonly reserved: ProtobufReserved;
  /** Numbers left to extensions. */
  readonly extensionRanges: readonly ProtobufRange[];
}

export interface ProtobufOneof {
  readonly name: string;
  readonly options: readonly ProtobufOption[];
}

export type ProtobufLabel = 'optional' | 'required' | 'repeated';

export interface ProtobufField extends ProtobufElement {
  readonly number: number;
  readonly label?: ProtobufLabel;
  readonly type: ProtobufType;
  /** Name of the oneof it belongs to. */
  readonly oneof?: string;
}

export type ProtobufType =
  | { readonly kind: 'scalar'; readonly name: ProtobufScalar }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'map'; readonly key: ProtobufScalar; readonly value: ProtobufType }
  /** The message of the group is among the messages, under the group's name. */
  | { readonly kind: 'group'; readonly name: string };

export const protobufScalars = [
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
] as const;
export type ProtobufScalar = (typeof protobufScalars)[number];

export interface ProtobufReserved {
  readonly ranges: readonly ProtobufRange[];
  readonly names: readonly string[];
}

/** Both ends belong to it. */
export interface ProtobufRange {
  readonly from: number;
  readonly to: number;
}

export interface ProtobufEnum extends ProtobufElement {
  readonly fullName: string;
  readonly values: readonly ProtobufEnumValue[];
  readonly reserved: ProtobufReserved;
}

export interface ProtobufEnumValue extends ProtobufElement {
  readonly number: number;
}

export interface ProtobufService extends ProtobufElement {
  readonly methods: readonly ProtobufMethod[];
}

export interface ProtobufMethod extends ProtobufElement {
  readonly request: ProtobufStream;
  readonly response: ProtobufStream;
}

export interface ProtobufStream {
  readonly type: string;
  readonly isStream: boolean;
}

export interface ProtobufExtension {
  readonly extended: string;
  readonly fields: readonly ProtobufField[];
}

export const isProtobufScalar = (name: string): name is ProtobufScalar =>
  (protobufScalars as readonly string[]).includes(name);

export function protobufTypeText(type: ProtobufType): string {
  if (type.kind === 'map') return `map<${type.key}, ${protobufTypeText(type.value)}>`;
  return type.kind === 'group' ? `group ${type.name}` : type.name;
}

export const holdsNumber = (ranges: readonly ProtobufRange[], number: number): boolean =>
  ranges.some(({ from, to }) => number >= from && number <= to);
