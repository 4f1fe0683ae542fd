import { SchemaRefusal, type SchemaPath } from '../schema-problem.ts';
import { isJsonArray, isJsonObject, member, type JsonObject, type JsonValue } from '../text/json-text.ts';
import type {
  Bound,
  ContentNode,
  ListContent,
  NumberContent,
  ObjectContent,
  Quantity,
  Rest,
  TextContent,
} from './content-model.ts';
import type { JsonSchemaDraft } from './json-schema-draft.ts';

export const keywordsOfType = {
  array: ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems', 'contains'],
  object: [
    'properties',
    'required',
    'minProperties',
    'maxProperties',
    'dependencies',
    'dependentRequired',
    'dependentSchemas',
    'patternProperties',
    'additionalProperties',
    'unevaluatedProperties',
    'propertyNames',
  ],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
} as const;

const typeNames = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'];

/** Reads the keywords of one schema, refusing values of the wrong kind with their place. */
export interface Keywords {
  readonly json: JsonObject;
  readonly path: SchemaPath;
  isType(name: string): boolean;
  typed(type: string): ContentNode;
  list(key: string): readonly JsonValue[] | undefined;
  schema(key: string): ContentNode | undefined;
  schemas(key: string): readonly ContentNode[] | undefined;
}

type Load = (json: JsonValue, path: SchemaPath) => ContentNode;

export function createKeywords(
  json: JsonObject,
  path: SchemaPath,
  draft: JsonSchemaDraft,
  load: Load,
): Keywords {
  const refuse = (key: string, wanted: string): never => {
    throw new SchemaRefusal([...path, key], 'wrong-kind', `${key} must be ${wanted}`, `Correct ${key}.`);
  };

  function list(key: string): readonly JsonValue[] | undefined {
    const value = member(json, key);
    if (value === undefined) return undefined;
    return isJsonArray(value) ? value : refuse(key, 'a list');
  }

  function quantity(key: string): Quantity | undefined {
    const value = member(json, key);
    if (value === undefined) return undefined;
    return typeof value === 'number' || typeof value === 'bigint' ? value : refuse(key, 'a number');
  }

  function text(key: string): string | undefined {
    const value = member(json, key);
    return typeof value === 'string' ? value : value === undefined ? undefined : refuse(key, 'a text');
  }

  function schema(key: string): ContentNode | undefined {
    const value = member(json, key);
    return value === undefined ? undefined : load(value, [...path, key]);
  }

  const schemas = (key: string): readonly ContentNode[] | undefined =>
    list(key)?.map((item, index) => load(item, [...path, key, index]));

  function entries(key: string): readonly (readonly [string, JsonValue])[] {
    const value = member(json, key);
    if (value === undefined) return [];
    return isJsonObject(value) ? Object.entries(value) : refuse(key, 'an object');
  }

  const schemaMap = (key: string): ReadonlyMap<string, ContentNode> =>
    new Map(entries(key).map(([name, item]) => [name, load(item, [...path, key, name])]));

  function rest(...keys: readonly string[]): Rest {
    const key = keys.find((name) => Object.hasOwn(json, name));
    const value = key === undefined ? true : member(json, key);
    if (key === undefined || value === true) return 'open';
    return value === false || value === undefined ? 'closed' : load(value, [...path, key]);
  }

  /** Drafts from 6 on give the exclusive bound its own number; draft 4 makes the other bound exclusive. */
  function bound(inclusive: string, exclusive: string): Bound | undefined {
    const given = member(json, exclusive);
    if (typeof given === 'number' || typeof given === 'bigint') return { value: given, isExclusive: true };
    const value = quantity(inclusive);
    return value === undefined ? undefined : { value, isExclusive: given === true };
  }

  function texts(): TextContent {
    return {
      kind: 'string',
      path,
      ...given({
        minLength: quantity('minLength'),
        maxLength: quantity('maxLength'),
        pattern: text('pattern'),
        format: text('format'),
        contentEncoding: text('contentEncoding'),
        contentMediaType: text('contentMediaType'),
      }),
    };
  }

  function numbers(isInteger: boolean): NumberContent {
    return {
      kind: 'number',
      path,
      isInteger,
      ...given({
        minimum: bound('minimum', 'exclusiveMinimum'),
        maximum: bound('maximum', 'exclusiveMaximum'),
        multipleOf: quantity('multipleOf'),
      }),
    };
  }

  function lists(): ListContent {
    const prefix = schemas('prefixItems');
    const isOldTuple = prefix === undefined && isJsonArray(member(json, 'items'));
    const items = prefix ?? (isOldTuple ? schemas('items') : undefined);
    return {
      kind: 'array',
      path,
      hasUniqueItems: member(json, 'uniqueItems') === true,
      rest: items === undefined ? 'open' : prefix === undefined ? rest('additionalItems') : rest('items'),
      ...given({
        minItems: quantity('minItems'),
        maxItems: quantity('maxItems'),
        items,
        everyItem: items === undefined ? schema('items') : undefined,
        contains: draft === '4' ? undefined : schema('contains'),
      }),
    };
  }

  function objects(): ObjectContent {
    const dependencies = [...entries('dependencies'), ...entries('dependentRequired')];
    const required = list('required') ?? [];
    return {
      kind: 'object',
      path,
      required: required.filter((name) => typeof name === 'string'),
      properties: schemaMap('properties'),
      patterns: schemaMap('patternProperties'),
      rest: rest('additionalProperties', 'unevaluatedProperties'),
      requiredWith: new Map(
        dependencies.flatMap(([name, value]) =>
          isJsonArray(value) ? [[name, value.filter((item) => typeof item === 'string')] as const] : [],
        ),
      ),
      schemaWith: new Map([
        ...entries('dependencies').flatMap(([name, value]) =>
          isJsonArray(value) ? [] : [[name, load(value, [...path, 'dependencies', name])] as const],
        ),
        ...schemaMap('dependentSchemas'),
      ]),
      ...given({
        propertyNames: draft === '4' ? undefined : schema('propertyNames'),
        minProperties: quantity('minProperties'),
        maxProperties: quantity('maxProperties'),
      }),
    };
  }

  function typed(type: string): ContentNode {
    if (type === 'string') return texts();
    if (type === 'number' || type === 'integer') return numbers(type === 'integer');
    if (type === 'array') return lists();
    return type === 'object' ? objects() : { kind: type === 'null' ? 'null' : 'boolean', path };
  }

  return { json, path, isType: (name) => typeNames.includes(name), typed, list, schema, schemas };
}

/** Only what is there: `exactOptionalPropertyTypes` knows no property that is undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
