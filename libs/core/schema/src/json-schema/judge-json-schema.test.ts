import { describe, expect, test } from 'vitest';
import { judgeCompatibility } from '../compatibility/judge-compatibility.ts';
import type { RegistryKind } from '../compatibility/mode.ts';
import type { SchemaSource } from '../schema-source.ts';
import type { JsonValue } from '../text/json-text.ts';

interface Options {
  readonly registry?: RegistryKind;
  readonly references?: ReadonlyMap<string, SchemaSource>;
}

/** Rules that a reader breaks; empty when it admits what the writer sends. */
function rulesOf(writer: JsonValue, reader: JsonValue, options: Options = {}): readonly string[] {
  const verdict = judgeCompatibility({
    type: 'JSON',
    mode: 'BACKWARD',
    existing: [{ value: writer }],
    candidate: { value: reader },
    ...options,
  });
  if (verdict.kind === 'unusable') return [`unusable ${verdict.problem.rule}`];
  return verdict.violations.map(({ rule }) => rule);
}

const object = (properties: JsonValue, more: object = {}): JsonValue =>
  ({ type: 'object', properties, ...more }) as JsonValue;
const text = { type: 'string' };
const closed = { additionalProperties: false };
const draft = (name: string, schema: object): JsonValue => ({ $schema: name, ...schema }) as JsonValue;
const draft4 = 'http://json-schema.org/draft-04/schema#';
const draft2020 = 'https://json-schema.org/draft/2020-12/schema';

describe('content models', () => {
  test.each<[name: string, writer: JsonValue, reader: JsonValue, rules: readonly string[]]>([
    [
      'open: a described property binds what was free',
      object({}),
      object({ a: text }),
      ['property-added-to-open-model'],
    ],
    ['open: a property may go', object({ a: text }), object({}), []],
    ['closed: a property may come', object({}, closed), object({ a: text }, closed), []],
    [
      'closed: a property may not go',
      object({ a: text }, closed),
      object({}, closed),
      ['property-removed-from-closed-model'],
    ],
    [
      'partially open: a property that was admitted may be described',
      object({}, { additionalProperties: text }),
      object({ a: text }, { additionalProperties: text }),
      [],
    ],
    [
      'partially open: a property described narrower is not covered',
      object({}, { additionalProperties: text }),
      object({ a: { type: 'string', maxLength: 3 } }, { additionalProperties: text }),
      ['property-added-not-covered'],
    ],
    [
      'partially open: a property the rest admits may go',
      object({ a: text }, closed),
      object({}, { additionalProperties: text }),
      [],
    ],
    [
      'required properties may become optional',
      object({ a: text }, { required: ['a'] }),
      object({ a: text }),
      [],
    ],
    [
      'optional properties may not become required',
      object({ a: text }),
      object({ a: text }, { required: ['a'] }),
      ['required-added'],
    ],
    [
      'unevaluatedProperties closes as additionalProperties does',
      draft(draft2020, object({ a: text }) as object),
      draft(draft2020, object({ a: text }, { unevaluatedProperties: false }) as object),
      ['additional-properties-closed'],
    ],
    [
      'tuples: prefixItems and items of 2020-12',
      draft(draft2020, { prefixItems: [text], items: false }),
      draft(draft2020, { prefixItems: [text, text], items: false }),
      [],
    ],
    [
      'tuples: an old and a new tuple are the same',
      { items: [text], additionalItems: false },
      draft(draft2020, { prefixItems: [text], items: false }),
      [],
    ],
    [
      'dependentRequired is a dependency',
      { dependencies: { a: ['b'] } },
      draft(draft2020, { dependentRequired: { a: ['b', 'c'] } }),
      ['dependency-added'],
    ],
  ])('%s', (_name, writer, reader, rules) => {
    expect(rulesOf(writer, reader)).toEqual(rules);
  });
});

describe('values', () => {
  test.each<[name: string, writer: JsonValue, reader: JsonValue, rules: readonly string[]]>([
    ['an integer is a number', { type: 'integer' }, { type: 'number' }, []],
    ['a number need not be an integer', { type: 'number' }, { type: 'integer' }, ['type-narrowed']],
    ['a number that is a multiple of 1 is one', { type: 'number', multipleOf: 1 }, { type: 'integer' }, []],
    [
      'draft 4 spells exclusive bounds otherwise',
      draft(draft4, { type: 'number', minimum: 1, exclusiveMinimum: true }),
      { type: 'number', exclusiveMinimum: 1 },
      [],
    ],
    [
      'a bound that becomes exclusive loses a value',
      { type: 'number', minimum: 1 },
      { type: 'number', exclusiveMinimum: 1 },
      ['minimum-became-exclusive'],
    ],
    ['decimals divide exactly', { type: 'number', multipleOf: 0.3 }, { type: 'number', multipleOf: 0.1 }, []],
    [
      'bounds keep every digit',
      { type: 'integer', maximum: 9007199254740993n },
      { type: 'integer', maximum: 9007199254740992n },
      ['maximum-decreased'],
    ],
    [
      'a pattern is the same or another',
      { type: 'string', pattern: 'a' },
      { type: 'string', pattern: 'a|b' },
      ['pattern-changed'],
    ],
    ['a listed value may not go', { enum: ['a', { b: 1 }] }, { enum: [{ b: 1.0 }] }, ['enum-value-removed']],
    ['a constant is an enum of one', { const: 1 }, { enum: [1, 2] }, []],
    ['draft 4 knows no const', draft(draft4, { const: 1 }), {}, []],
    ['false sends nothing', false, { type: 'string' }, []],
    ['nothing admits nothing', text, false, ['type-changed']],
    [
      'what is shut out may become less',
      { not: { type: 'string' } },
      { not: { type: 'string', maxLength: 3 } },
      [],
    ],
    [
      'what is shut out may not become more',
      { not: { type: 'string', maxLength: 3 } },
      { not: { type: 'string' } },
      ['not-widened'],
    ],
  ])('%s', (_name, writer, reader, rules) => {
    expect(rulesOf(writer, reader)).toEqual(rules);
  });
});

describe('combinations', () => {
  const small = { type: 'string', maxLength: 3 };
  test.each<[name: string, writer: JsonValue, reader: JsonValue, rules: readonly string[]]>([
    ['a choice may be added', { oneOf: [text] }, { oneOf: [{ type: 'integer' }, text] }, []],
    ['a choice may not go', { oneOf: [text, { type: 'integer' }] }, { oneOf: [text] }, ['choice-removed']],
    ['oneOf may become an anyOf that covers it', { oneOf: [small] }, { anyOf: [text, { type: 'null' }] }, []],
    [
      'oneOf may not become an anyOf of other things',
      { oneOf: [text] },
      { anyOf: [{ type: 'integer' }] },
      ['combination-changed'],
    ],
    ['allOf may lose a part', { allOf: [text, { maxLength: 3 }] }, { allOf: [text] }, []],
    [
      'allOf may not keep a part that is new',
      { allOf: [text, { maxLength: 3 }] },
      { allOf: [{ type: 'integer' }] },
      ['part-changed'],
    ],
    ['allOf may not gain one', { allOf: [text] }, { allOf: [text, { maxLength: 3 }] }, ['all-of-part-added']],
    [
      'a text property may grow to a choice',
      object({ a: text }),
      object({ a: { type: ['string', 'null'] } }),
      [],
    ],
    ['an enum beside a type may be dropped', { type: 'string', enum: ['a'] }, text, []],
  ])('%s', (_name, writer, reader, rules) => {
    expect(rulesOf(writer, reader)).toEqual(rules);
  });
});

describe('references', () => {
  const place = { type: 'object', properties: { x: { type: 'integer' } } };

  test('a reference is what it refers to, under $defs, definitions, $id, $anchor and in another document', () => {
    const inline = object({ at: place });
    const byPointer = {
      ...(object({ at: { $ref: '#/$defs/place' } }) as object),
      $defs: { place },
    } as JsonValue;
    const byOldPointer = {
      ...(object({ at: { $ref: '#/definitions/a~1b' } }) as object),
      definitions: { 'a/b': place },
    } as JsonValue;
    const byAnchor = draft(draft2020, {
      ...(object({ at: { $ref: '#here' } }) as object),
      $defs: { p: { ...place, $anchor: 'here' } },
    });
    const byId = {
      ...(object({ at: { $ref: 'place.json' } }) as object),
      $id: 'http://x.y/root.json',
      definitions: { p: { ...place, $id: 'place.json' } },
    } as JsonValue;
    for (const schema of [byPointer, byOldPointer, byAnchor, byId]) {
      expect(rulesOf(inline, schema)).toEqual([]);
      expect(rulesOf(schema, inline)).toEqual([]);
    }
    const references = new Map([['place.json', { value: place as JsonValue }]]);
    const outside = object({ at: { $ref: 'place.json#/properties/x' } });
    expect(rulesOf(object({ at: { type: 'number' } }), outside, { references })).toEqual(['type-narrowed']);
  });

  test('a reference that leads nowhere is refused, and nothing is fetched', () => {
    expect(rulesOf(object({}), object({ at: { $ref: 'https://example.com/s.json' } }))).toEqual([
      'unusable reference-unknown',
    ]);
  });

  test('keywords beside a reference count from 2019-09 on', () => {
    const beside = { $ref: '#/$defs/t', maxLength: 3 };
    const with7 = { ...(object({ a: beside }) as object), $defs: { t: text } } as JsonValue;
    const with2020 = draft(draft2020, with7 as object);
    expect(rulesOf(object({ a: text }), with7)).toEqual([]);
    expect(rulesOf(object({ a: text }), with2020)).not.toEqual([]);
  });
});

test('true as the whole schema may follow objects only', () => {
  expect(rulesOf(text, true)).toEqual(['description-given-up']);
  expect(rulesOf(object({ a: text }, closed), true)).toEqual([]);
  expect(rulesOf(object({ a: text }), object({ a: true }))).toEqual([]);
});

test('Karapace reads true and {} as an object, where Apicurio reads anything', () => {
  expect(rulesOf(text, {})).toEqual([]);
  expect(rulesOf(text, {}, { registry: 'karapace' })).toEqual(['type-changed']);
  expect(rulesOf(object({}), true, { registry: 'karapace' })).toEqual([]);
});
