import { describeAvro, type AvroSchema } from '../avro/avro-schema.ts';
import { parseAvro } from '../avro/parse-avro.ts';
import type { SchemaType } from '../compatibility/mode.ts';
import { describeContent, referred, type ContentNode } from '../json-schema/content-model.ts';
import { parseJsonSchema } from '../json-schema/parse-json-schema.ts';
import { parseProtobuf } from '../protobuf/parse-protobuf.ts';
import { protobufTypeText, type ProtobufMessage } from '../protobuf/protobuf-schema.ts';
import { jsonPointer, type SchemaPath } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';

/** A field as applications name it. */
export interface SchemaField {
  /** Dotted from the root; arrays and maps add nothing to it. In Protobuf `Message.field`. */
  readonly name: string;
  readonly type: string;
  /** Where violations speak of it: a JSON pointer, in Protobuf the dotted name. */
  readonly path: string;
}

const levelsMax = 20;
const fieldsMax = 20_000;

/** Every field of a schema by name; empty when the schema cannot be read. */
export function fieldsOf(
  type: SchemaType,
  source: SchemaSource,
  references?: ReadonlyMap<string, SchemaSource>,
): ReadonlyMap<string, SchemaField> {
  const fields = new Map<string, SchemaField>();
  const add = (field: SchemaField): boolean => {
    if (fields.size >= fieldsMax || fields.has(field.name)) return false;
    fields.set(field.name, field);
    return true;
  };
  if (type === 'AVRO') {
    const parsed = parseAvro(source, references);
    if (parsed.ok) addAvro(parsed.value, { prefix: '', path: [], level: 0, add });
  } else if (type === 'JSON') {
    const parsed = parseJsonSchema(source, references);
    if (parsed.ok) addContent(parsed.value.content, { prefix: '', path: [], level: 0, add });
  } else {
    const parsed = parseProtobuf(source);
    if (parsed.ok) for (const message of parsed.value.messages) addMessage(message, message.name, add);
  }
  return fields;
}

interface Place {
  readonly prefix: string;
  readonly path: SchemaPath;
  readonly level: number;
  /** False when it is there already, or there are too many. */
  readonly add: (field: SchemaField) => boolean;
}

const inside = (place: Place, ...keys: SchemaPath): Place => ({
  ...place,
  path: [...place.path, ...keys],
  level: place.level + 1,
});

function addAvro(schema: AvroSchema, place: Place): void {
  if (place.level > levelsMax) return;
  if (schema.kind === 'array') addAvro(schema.items, inside(place, 'items'));
  if (schema.kind === 'map') addAvro(schema.values, inside(place, 'values'));
  if (schema.kind === 'union')
    for (const [at, branch] of schema.branches.entries()) addAvro(branch, inside(place, at));
  if (schema.kind !== 'record') return;
  for (const [at, field] of schema.fields.entries()) {
    const name = place.prefix + field.name;
    const own = inside(place, 'fields', at);
    const isNew = place.add({ name, type: describeAvro(field.type), path: jsonPointer(own.path) });
    if (isNew) addAvro(field.type, { ...inside(own, 'type'), prefix: `${name}.` });
  }
}

function addContent(node: ContentNode, place: Place): void {
  const content = referred(node);
  if (place.level > levelsMax) return;
  if (content.kind === 'combined') for (const part of content.parts) addContent(part, inside(place));
  if (content.kind === 'array') {
    for (const item of [
      ...(content.everyItem === undefined ? [] : [content.everyItem]),
      ...(content.items ?? []),
    ]) {
      addContent(item, inside(place));
    }
  }
  if (content.kind !== 'object') return;
  for (const [key, own] of content.properties) {
    const name = place.prefix + key;
    const isNew = place.add({ name, type: describeContent(referred(own)), path: jsonPointer(own.path) });
    if (isNew) addContent(own, { ...inside(place), prefix: `${name}.` });
  }
}

function addMessage(message: ProtobufMessage, name: string, add: Place['add']): void {
  for (const field of message.fields) {
    const own = `${name}.${field.name}`;
    add({ name: own, type: protobufTypeText(field.type), path: own });
  }
  for (const inner of message.messages) addMessage(inner, `${name}.${inner.name}`, add);
}
