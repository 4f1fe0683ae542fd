import { describe, expect, test } from 'vitest';
import { judgeCompatibility } from './judge-compatibility.ts';
import type { SchemaType } from './mode.ts';

const judge = (type: SchemaType, existing: string, candidate = existing) =>
  judgeCompatibility({ type, mode: 'FULL', existing: [{ text: existing }], candidate: { text: candidate } });

const repeated = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(',');

const wide = {
  AVRO: `{"type":"record","name":"R","fields":[${repeated(5_000, (at) => `{"name":"f${at}","type":["null","string"],"default":null}`)}]}`,
  JSON: `{"type":"object","additionalProperties":false,"properties":{${repeated(5_000, (at) => `"f${at}":{"type":["null","string"]}`)}}}`,
  PROTOBUF: `syntax = "proto3"; message M { ${repeated(5_000, (at) => `string f${at} = ${at + 1};`).replaceAll(';,', ';')} }`,
};

const nest = (levels: number, open: (at: number) => string, inner: string, close: string): string =>
  Array.from({ length: levels }, (_, at) => open(at)).join('') + inner + close.repeat(levels);

const deep = (levels: number) => ({
  AVRO: nest(
    levels,
    (at) => `{"type":"record","name":"R${at}","fields":[{"name":"f","type":`,
    '"int"',
    '}]}',
  ),
  JSON: nest(levels, () => '{"type":"object","properties":{"f":', '{"type":"string"}', '}}'),
  PROTOBUF: `syntax = "proto3"; ${nest(levels, (at) => `message M${at} { `, 'string f = 1;', ' }')}`,
});

describe('[K4] large and hostile schemas end in bounded time and memory', () => {
  test.each(['AVRO', 'JSON', 'PROTOBUF'] as const)('%s: 5,000 fields are compared', (type) => {
    expect(judge(type, wide[type])).toMatchObject({ kind: 'judged', compatible: true });
  });

  test.each(['AVRO', 'JSON', 'PROTOBUF'] as const)('%s: 100 levels are compared', (type) => {
    expect(judge(type, deep(100)[type])).toMatchObject({ kind: 'judged', compatible: true });
  });

  test.each(['AVRO', 'JSON', 'PROTOBUF'] as const)(
    '%s: 100,000 levels are refused with a position',
    (type) => {
      const verdict = judge(type, deep(100_000)[type]);
      expect(verdict).toMatchObject({ kind: 'unusable', problem: { rule: 'too-deep' } });
      expect(verdict.kind === 'unusable' && verdict.problem.column).toBeGreaterThan(1);
    },
  );

  test.each(['AVRO', 'JSON', 'PROTOBUF'] as const)('%s: a text of 50 MB is refused', (type) => {
    expect(judge(type, ' '.repeat(50_000_000))).toMatchObject({
      kind: 'unusable',
      problem: { rule: 'too-large' },
    });
  });

  test('references that refer to each other and to themselves end', () => {
    const own = '{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}';
    expect(judge('JSON', own)).toMatchObject({ kind: 'judged', compatible: true });
    const tree =
      '{"type":"object","additionalProperties":false,"properties":{"next":{"$ref":"#"},"v":{"type":"TYPE"}}}';
    const verdict = judge('JSON', tree.replace('TYPE', 'integer'), tree.replace('TYPE', 'number'));
    expect(verdict).toMatchObject({ kind: 'judged', compatible: false });
  });

  test.each(['apicurio', 'karapace'] as const)(
    'references that double at each of 60 levels do not explode (%s)',
    (registry) => {
      const definitions = repeated(
        60,
        (at) =>
          `"d${at}":{"type":"object","properties":{"l":{"$ref":"#/$defs/d${at + 1}"},"r":{"$ref":"#/$defs/d${at + 1}"}}}`,
      );
      const text = `{"$ref":"#/$defs/d0","$defs":{${definitions},"d60":{"type":"string"}}}`;
      const verdict = judgeCompatibility({
        type: 'JSON',
        mode: 'FULL',
        existing: [{ text }],
        candidate: { text },
        registry,
      });
      expect(verdict).toMatchObject({ kind: 'judged', compatible: true });
    },
  );

  test('a chain of 5,000 definitions is refused, not followed until the stack ends', () => {
    const definitions = repeated(
      5_000,
      (at) => `"d${at}":{"type":"object","properties":{"n":{"$ref":"#/$defs/d${at + 1}"}}}`,
    );
    const text = `{"$ref":"#/$defs/d0","$defs":{${definitions},"d5000":{"type":"string"}}}`;
    expect(judge('JSON', text)).toMatchObject({ kind: 'unusable', problem: { rule: 'too-deep' } });
    const records = repeated(
      1_000,
      (at) => `{"type":"record","name":"R${at + 1}","fields":[{"name":"f","type":"R${at}"}]}`,
    );
    const avro = `[{"type":"record","name":"R0","fields":[]},${records}]`;
    expect(judge('AVRO', avro).kind).toMatch(/judged|unusable/);
  });

  test('a pattern made to run for ever is compared, not run', () => {
    const schema = (pattern: string) =>
      `{"type":"object","patternProperties":{"${pattern}":{}},"properties":{"p":{"type":"string","pattern":"${pattern}"}},"additionalProperties":false}`;
    const hostile = '^(a+)+$';
    for (const registry of ['apicurio', 'karapace'] as const) {
      const verdict = judgeCompatibility({
        type: 'JSON',
        mode: 'FULL',
        existing: [{ text: schema(hostile).replace('"p"', `"${'a'.repeat(200)}b"`) }],
        candidate: { text: schema(hostile) },
        registry,
      });
      expect(verdict.kind).toBe('judged');
    }
  });

  test('a record that is its own default, and defaults that multiply, are refused', () => {
    const self = '{"type":"record","name":"R","fields":[{"name":"r","type":"R","default":{}}]}';
    expect(judge('AVRO', self)).toMatchObject({ kind: 'unusable', problem: { rule: 'default-invalid' } });
  });

  test.each([
    [
      'AVRO',
      '{"type":"record","name":"__proto__","fields":[{"name":"constructor","type":"int","default":1}]}',
    ],
    [
      'JSON',
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"},"toString":{}},"required":["valueOf"]}',
    ],
    [
      'PROTOBUF',
      'syntax="proto3"; message constructor { string toString = 1; __proto__ hasOwnProperty = 2; }',
    ],
  ] as const)('%s: names that JavaScript knows are names like others', (type, text) => {
    expect(judge(type, text)).toMatchObject({ kind: 'judged', compatible: true });
  });

  test.each([
    ['AVRO', ''],
    ['AVRO', '[[[[[['],
    ['AVRO', '{"type":{"type":{"type":"record"}}}'],
    ['JSON', '"string"'],
    ['JSON', '{"type":"strin"}'],
    ['JSON', '{"$ref":"http://127.0.0.1:1/x"}'],
    ['JSON', '{"properties":7}'],
    ['PROTOBUF', 'syntax = "proto3"; message M { string a = 1; string a = 2; }'],
    ['PROTOBUF', 'syntax = "proto3"; message M { string a = 1; string b = 1; }'],
    ['PROTOBUF', 'message M { string a = "'],
    ['PROTOBUF', 'message M { @ }'],
    ['PROTOBUF', 'message M {'],
  ] as const)('%s: %s is unusable, with a position', (type, text) => {
    const verdict = judge(type, text);
    expect(verdict).toMatchObject({ kind: 'unusable', schema: 'candidate' });
    if (verdict.kind === 'unusable') expect(verdict.problem.line * verdict.problem.column).toBeGreaterThan(0);
  });
});
