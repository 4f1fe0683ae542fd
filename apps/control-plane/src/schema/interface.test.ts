import { buildASTSchema, parse } from 'graphql';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { mergeSdl, sdl } from './sdl.ts';
import { findUndeclaredAccess, guardSchema } from './access.ts';
import { generateTypes } from './generate-types.ts';

const style = { printWidth: 110, singleQuote: true, trailingComma: 'all' } as const;

test('the merged interface is the committed schema.graphql', async () => {
  await expect(await format(sdl, { ...style, parser: 'graphql' })).toMatchFileSnapshot(
    '../../golden/schema.graphql',
  );
});

test('the committed types are those of the interface', async () => {
  await expect(
    await format(generateTypes(parse(sdl)), { ...style, parser: 'typescript' }),
  ).toMatchFileSnapshot('../generated/schema-types.ts');
});

test('every field says who may use it', () => {
  expect(findUndeclaredAccess(buildASTSchema(parse(sdl)))).toEqual([]);
});

const withoutAccess = `
  enum Role { PUBLIC VIEWER MEMBER ADMIN }
  directive @access(role: Role!) on OBJECT | FIELD_DEFINITION
  type Query { open: String @access(role: PUBLIC) forgotten: Thing }
  type Thing @access(role: VIEWER) { name: String }
  type Loose { inner: String kept: String @access(role: ADMIN) }
  extend type Query { loose: Loose @access(role: VIEWER) }
`;

test('a field that does not say it is named, and the server refuses to start', () => {
  const schema = buildASTSchema(mergeSdl([withoutAccess]));
  expect(findUndeclaredAccess(schema)).toEqual(['Query.forgotten', 'Loose.inner']);
  expect(() => guardSchema(schema)).toThrow('Query.forgotten, Loose.inner');
});

test('every mutation has one input with idempotencyKey and dryRun, and a payload with userErrors', () => {
  const schema = buildASTSchema(parse(sdl));
  const odd = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) => {
    const input = schema.getType(String(field.args[0]?.type).replace('!', ''));
    const payload = schema.getType(String(field.type).replace('!', ''));
    const fieldsOf = (type: unknown) =>
      Object.keys((type as { getFields?: () => object } | undefined)?.getFields?.() ?? {});
    const fits =
      field.args.length === 1 &&
      field.args[0]?.name === 'input' &&
      ['idempotencyKey', 'dryRun'].every((name) => fieldsOf(input).includes(name)) &&
      fieldsOf(payload).includes('userErrors');
    return fits ? [] : [field.name];
  });
  expect(odd).toEqual([]);
});
