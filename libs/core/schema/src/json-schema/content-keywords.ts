import { isJsonArray, member } from '../text/json-text.ts';
import type { ContentNode, ListContent, NumberContent, ObjectContent, TextContent } from './content-model.ts';
import type { KeywordValues } from './keyword-values.ts';

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

export const isContentType = (name: string): boolean => typeNames.includes(name);

/** The node of one type, from the keywords that speak of it. */
export function contentOfType(type: string, keywords: KeywordValues): ContentNode {
  if (type === 'string') return textContent(keywords);
  if (type === 'number' || type === 'integer') return numberContent(keywords, type === 'integer');
  if (type === 'array') return listContent(keywords);
  if (type === 'object') return objectContent(keywords);
  return { kind: type === 'null' ? 'null' : 'boolean', path: keywords.path };
}

function textContent(keywords: KeywordValues): TextContent {
  return {
    kind: 'string',
    path: keywords.path,
    ...given({
      minLength: keywords.quantity('minLength'),
      maxLength: keywords.quantity('maxLength'),
      pattern: keywords.text('pattern'),
      format: keywords.text('format'),
      contentEncoding: keywords.text('contentEncoding'),
      contentMediaType: keywords.text('contentMediaType'),
    }),
  };
}

function numberContent(keywords: KeywordValues, isInteger: boolean): NumberContent {
  return {
    kind: 'number',
    path: keywords.path,
    isInteger,
    ...given({
      minimum: keywords.bound('minimum', 'exclusiveMinimum'),
      maximum: keywords.bound('maximum', 'exclusiveMaximum'),
      multipleOf: keywords.quantity('multipleOf'),
    }),
  };
}

/** Tuples are `prefixItems` with `items` for the rest, and `items` with `additionalItems` before 2020-12. */
function listContent(keywords: KeywordValues): ListContent {
  const { json, path, draft } = keywords;
  const prefix = keywords.schemas('prefixItems');
  const isOldTuple = prefix === undefined && isJsonArray(member(json, 'items'));
  const items = prefix ?? (isOldTuple ? keywords.schemas('items') : undefined);
  const rest = prefix === undefined ? 'additionalItems' : 'items';
  return {
    kind: 'array',
    path,
    hasUniqueItems: member(json, 'uniqueItems') === true,
    rest: items === undefined ? 'open' : keywords.rest(rest),
    ...given({
      minItems: keywords.quantity('minItems'),
      maxItems: keywords.quantity('maxItems'),
      items,
      everyItem: items === undefined ? keywords.schema('items') : undefined,
      contains: draft === '4' ? undefined : keywords.schema('contains'),
    }),
  };
}

function objectContent(keywords: KeywordValues): ObjectContent {
  const { path, draft } = keywords;
  const required = keywords.list('required') ?? [];
  return {
    kind: 'object',
    path,
    required: required.filter((name) => typeof name === 'string'),
    properties: keywords.schemaMap('properties'),
    patterns: keywords.schemaMap('patternProperties'),
    rest: keywords.rest('additionalProperties', 'unevaluatedProperties'),
    ...dependencies(keywords),
    ...given({
      propertyNames: draft === '4' ? undefined : keywords.schema('propertyNames'),
      minProperties: keywords.quantity('minProperties'),
      maxProperties: keywords.quantity('maxProperties'),
    }),
  };
}

/** `dependencies` held lists and schemas; from 2019-09 on each has its own keyword. */
function dependencies(keywords: KeywordValues): Pick<ObjectContent, 'requiredWith' | 'schemaWith'> {
  const { path, load } = keywords;
  const mixed = keywords.entries('dependencies');
  const lists = [...mixed, ...keywords.entries('dependentRequired')];
  return {
    requiredWith: new Map(
      lists.flatMap(([name, value]) =>
        isJsonArray(value) ? [[name, value.filter((item) => typeof item === 'string')] as const] : [],
      ),
    ),
    schemaWith: new Map([
      ...mixed.flatMap(([name, value]) =>
        isJsonArray(value) ? [] : [[name, load(value, [...path, 'dependencies', name])] as const],
      ),
      ...keywords.schemaMap('dependentSchemas'),
    ]),
  };
}

/** Only what is there: `exactOptionalPropertyTypes` knows no property that is undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
