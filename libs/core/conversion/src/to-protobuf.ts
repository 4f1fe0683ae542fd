import { customValue } from '@headwater/core-contract';
import type { ColumnType } from '@headwater/core-contract';
import { lossesOf } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { createNaming, pascalCase } from './name-in-use.ts';
import { allFields } from './record-tree.ts';
import type { RecordField, RecordTree } from './record-tree.ts';

interface ProtoBuild {
  readonly changed: Map<string, string>;
  readonly imports: Set<string>;
}

const PROTO_NAME = /[A-Za-z0-9_]/;
/** 19000 to 19999 belong to the implementation of Protocol Buffers. */
const RESERVED_FROM = 19_000;
const RESERVED_COUNT = 1_000;

/**
 * The record as a proto3 message in the package of the domain. Every single field has presence (`optional`), so that an
 * absent value and a zero differ; numbers are those of `headwater:fieldNumber`, the others are those of
 * the places of the properties.
 */
export function toProtobuf(tree: RecordTree): Conversion {
  const { contract, object } = tree;
  const build: ProtoBuild = { changed: new Map(), imports: new Set() };
  const name = createNaming(PROTO_NAME)(pascalCase(object.name) || 'Record');
  if (name !== object.name) build.changed.set(`${tree.path}.name`, `Protobuf names it ${name}`);
  const body = message({ name, description: object.description, fields: tree.fields, indent: '' }, build);
  const packageName = (contract.odcs.domain ?? '')
    .replace(/[^A-Za-z0-9_.]+/g, '_')
    .replace(/^(?=[0-9])/, '_');
  const head = [
    'syntax = "proto3";',
    ...(packageName === '' ? [] : ['', `package ${packageName};`]),
    ...(build.imports.size === 0
      ? []
      : ['', ...[...build.imports].sort().map((file) => `import "${file}";`)]),
  ];
  const losses = lossesOf({
    contract,
    target: 'Protobuf',
    objectPath: tree.path,
    keys: {
      contract: packageName === contract.odcs.domain ? ['domain'] : [],
      object: ['name', 'description'],
      property: ['name', 'logicalType', 'physicalType', 'description'],
    },
    alsoSaid: new Set(allFields(tree.fields).flatMap(saidOf)),
    changed: build.changed,
  });
  return { text: `${[...head, '', ...body].join('\n')}\n`, losses };
}

/** The format of an integer is its type; a number is a number. */
const saidOf = ({ column, property, path }: RecordField): readonly string[] => [
  ...(column.type.kind === 'integer' && property.logicalType === 'integer'
    ? [`${path}.logicalTypeOptions.format`]
    : []),
  `${path}.customProperties[headwater:fieldNumber].property`,
  `${path}.customProperties[headwater:fieldNumber].value`,
];

interface Message {
  readonly name: string;
  readonly description: string | undefined;
  readonly fields: readonly RecordField[];
  readonly indent: string;
}

function message({ name, description, fields, indent }: Message, build: ProtoBuild): readonly string[] {
  const fieldName = createNaming(PROTO_NAME);
  const inner = `${indent}  `;
  const types = createNaming(PROTO_NAME);
  const numbers = fieldNumbers(fields);
  const lines = fields.flatMap((field, i) => {
    const written = fieldName(field.column.source);
    if (written !== field.column.source)
      build.changed.set(`${field.path}.name`, `Protobuf names it ${written}`);
    const { before, type } = fieldType(field, { indent: inner, types, build });
    return [
      ...before,
      ...comment(field.property.description, inner),
      `${inner}${type} ${written} = ${numbers[i]};`,
    ];
  });
  return [...comment(description, indent), `${indent}message ${name} {`, ...lines, `${indent}}`];
}

/** Stated numbers; a field without one has that of its place, or the next free one when another field states that. */
function fieldNumbers(fields: readonly RecordField[]): readonly number[] {
  const stated = fields.map(({ property }) => customValue(property, 'headwater:fieldNumber'));
  const used = new Set(stated);
  let next = fields.length;
  return stated.map((number, i) => {
    if (typeof number === 'number') return number;
    if (!used.has(unreserved(i + 1))) return unreserved(i + 1);
    do next += 1;
    while (used.has(unreserved(next)));
    return unreserved(next);
  });
}

const unreserved = (number: number): number => (number < RESERVED_FROM ? number : number + RESERVED_COUNT);

const comment = (description: string | undefined, indent: string): readonly string[] =>
  (description ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => `${indent}// ${line.trim()}`);

interface Place {
  readonly indent: string;
  readonly types: (name: string) => string;
  readonly build: ProtoBuild;
}

/** `before` holds the messages the type needs. */
interface FieldType {
  readonly before: readonly string[];
  readonly type: string;
}

function fieldType(field: RecordField, place: Place): FieldType {
  const { type } = field.column;
  if (type.kind === 'array' || type.kind === 'map') return containerType(field, place);
  const { before, type: name } = singleType(field, place);
  return { before, type: type.kind === 'struct' ? name : `optional ${name}` };
}

function containerType(field: RecordField, place: Place): FieldType {
  const element = field.element!;
  const isContainer = element.column.type.kind === 'array' || element.column.type.kind === 'map';
  const prefix = field.column.type.kind === 'array' ? 'repeated ' : 'map<string, ';
  const suffix = field.column.type.kind === 'array' ? '' : '>';
  if (!isContainer) {
    const { before, type } = singleType(element, place, field.column.source);
    return { before, type: `${prefix}${type}${suffix}` };
  }
  const name = place.types(`${pascalCase(field.column.source)}Entry`);
  place.build.changed.set(
    `${field.path}.items.logicalType`,
    `Protobuf wraps each entry in a message ${name}`,
  );
  const wrapped: RecordField = { ...element, column: { ...element.column, source: 'entries' } };
  const before = message(
    { name, description: undefined, fields: [wrapped], indent: place.indent },
    place.build,
  );
  return { before, type: `${prefix}${name}${suffix}` };
}

function singleType(field: RecordField, { indent, types, build }: Place, outer?: string): FieldType {
  const { column, property, path } = field;
  const { type } = column;
  if (type.kind === 'struct') {
    const name = types(pascalCase(outer ?? column.source) || 'Inner');
    const before = message({ name, description: undefined, fields: field.fields, indent }, build);
    return { before, type: name };
  }
  const inexact = INEXACT[type.kind] ?? narrow(type);
  if (inexact !== undefined) {
    const key = property.physicalType === undefined ? 'logicalType' : 'physicalType';
    build.changed.set(`${path}.${key}`, inexact);
  }
  if (type.kind === 'timestamp') build.imports.add('google/protobuf/timestamp.proto');
  return { before: [], type: scalarName(type) };
}

const INEXACT: Readonly<Partial<Record<ColumnType['kind'], string>>> = {
  decimal: 'Protobuf has no decimal: the digits as text',
  date: 'Protobuf has no date: text such as 2026-01-31',
  timestampNtz: 'Protobuf has no local time: text such as 2026-01-31T00:00:00',
  json: 'Protobuf holds it as the text of its JSON',
};

const narrow = (type: ColumnType): string | undefined =>
  type.kind === 'integer' && type.bits < 32 ? `an int32 has 32 bits, not ${type.bits}` : undefined;

function scalarName(type: ColumnType): string {
  switch (type.kind) {
    case 'boolean':
      return 'bool';
    case 'integer':
      return type.bits === 64 ? 'int64' : 'int32';
    case 'float':
    case 'double':
      return type.kind;
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'binary':
      return 'bytes';
    default:
      return 'string';
  }
}
