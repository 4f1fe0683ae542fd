import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeType,
  field,
  formatSchemaString,
  parseSchemaString,
  struct,
  type DeltaType,
} from './schema.ts';

const type: fc.Arbitrary<DeltaType> = fc.letrec<{ type: DeltaType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<DeltaType>('string', 'long', 'integer', 'timestamp', 'timestamp_ntz', 'void', 'binary'),
    fc.record({
      type: fc.constant('decimal' as const),
      precision: fc.integer({ min: 1, max: 38 }),
      scale: fc.integer({ min: 0, max: 10 }),
    }),
    fc.record({ type: fc.constant('array' as const), elementType: tie('type'), containsNull: fc.boolean() }),
    fc.record({
      type: fc.constant('map' as const),
      keyType: fc.constant('string' as const),
      valueType: tie('type'),
      valueContainsNull: fc.boolean(),
    }),
    fc
      .array(fc.tuple(fc.string({ minLength: 1 }), tie('type')), { maxLength: 3 })
      .map((fields) => struct(fields.map(([name, inner]) => field(name, inner)))),
  ),
})).type;

describe('schema strings', () => {
  it('come back as the schema they were made from', () => {
    fc.assert(
      fc.property(type, (inner) => {
        const schema = struct([field('c', inner)]);
        expect(parseSchemaString(formatSchemaString(schema))).toEqual(schema);
      }),
    );
  });

  it('keep column metadata', () => {
    const text =
      '{"type":"struct","fields":[{"name":"a","type":"long","nullable":false,"metadata":{"delta.columnMapping.id":1,"comment":"x"}}]}';
    expect(formatSchemaString(parseSchemaString(text))).toBe(text);
  });

  it('refuse an unknown type and name the column', () => {
    const text =
      '{"type":"struct","fields":[{"name":"s","type":{"type":"struct","fields":[{"name":"v","type":"variant"}]}}]}';
    expect(() => parseSchemaString(text)).toThrow(/column s\.v has the unknown type "variant"/);
  });

  it('describe types as SQL does', () => {
    expect(
      describeType({
        type: 'map',
        keyType: 'string',
        valueType: { type: 'decimal', precision: 10, scale: 2 },
        valueContainsNull: true,
      }),
    ).toBe('map<string,decimal(10,2)>');
  });
});
