import { toJsonSchema } from '@headwater/core-contract';
import { lossesOf } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { allFields } from './record-tree.ts';
import type { RecordField, RecordTree } from './record-tree.ts';

type Schema = Record<string, unknown>;

/** The record as JSON Schema draft-07: what the judge of the contract demands, with the descriptions. */
export function toJsonSchemaDocument(tree: RecordTree): Conversion {
  const schema = describedSchema(tree);
  const losses = lossesOf({
    contract: tree.contract,
    target: 'JSON Schema',
    objectPath: tree.path,
    keys: {
      object: ['name', 'description'],
      property: ['name', 'logicalType', 'required', 'description', 'examples'],
      options: ['minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', ...NUMERIC_BOUNDS, 'required'],
    },
    alsoSaid: alsoSaid(tree.fields),
  });
  return { text: `${JSON.stringify(schema, null, 2)}\n`, losses };
}

const NUMERIC_BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** The schema of `toJsonSchema` with the object's name, descriptions and examples. */
export function describedSchema(tree: RecordTree): Schema {
  const schema = JSON.parse(toJsonSchema(tree.compiled), keepDigits) as Schema;
  schema['title'] = tree.object.name;
  describe(schema, tree.object.description, undefined);
  describeFields(schema, tree.fields);
  return schema;
}

/** Numbers with more digits than a double keep their text. */
function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : rawJson(context.source);
}

/** `JSON.rawJSON` is in the runtime (ECMAScript proposal JSON.parse source text access). */
const rawJson = (text: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);

function describeFields(schema: Schema, fields: readonly RecordField[]): void {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  for (const field of fields) {
    const inner = properties[field.column.source];
    if (inner !== undefined) describeField(inner, field);
  }
}

function describeField(schema: Schema, { property, fields, element }: RecordField): void {
  describe(schema, property.description, property.examples);
  describeFields(schema, fields);
  const items = (schema['items'] ?? schema['additionalProperties']) as Schema | boolean | undefined;
  if (element !== undefined && typeof items === 'object') describeField(items, element);
}

function describe(
  schema: Schema,
  description: string | undefined,
  examples: readonly unknown[] | undefined,
): void {
  if (description !== undefined) schema['description'] = description;
  if (examples !== undefined) schema['examples'] = examples;
}

/** Types and rules a schema says in other words than the contract. */
function alsoSaid(fields: readonly RecordField[]): ReadonlySet<string> {
  const said = new Set<string>();
  for (const { property, path, column } of allFields(fields)) {
    if (column.type.kind === 'integer' && property.logicalType === 'integer') {
      said.add(`${path}.logicalTypeOptions.format`);
    }
    if (SAID_PHYSICALLY.has(column.type.kind)) said.add(`${path}.physicalType`);
    for (const key of ['mustBe', 'metric', 'arguments']) {
      if (column.rules.some(({ rule }) => rule === 'enum')) said.add(`${path}.quality[invalidValues].${key}`);
    }
  }
  return said;
}

/** Kinds of columns that a schema has words for: bounds, an encoding, values by name, anything at all. */
const SAID_PHYSICALLY: ReadonlySet<string> = new Set([
  'integer',
  'binary',
  'map',
  'json',
  'string',
  'boolean',
]);
