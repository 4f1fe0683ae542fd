import {
  Kind,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';

const scalars: Readonly<Record<string, string>> = {
  ID: 'string',
  String: 'string',
  Int: 'number',
  Float: 'number',
  Boolean: 'boolean',
  DateTime: 'number',
  Duration: 'number',
  BigInt: 'bigint',
  JSON: 'unknown',
};

const header = `// Generated from the SDL of the features by schema/generate-types.ts; \`npx vitest run -u apps/control-plane/src/schema\` writes it again.
// DateTime and Duration are milliseconds, BigInt is bigint. Fields that lead to other entities, or take arguments, are
// left out of entities: a resolver of their own answers them.
`;

/** TypeScript types of the SDL: enums, inputs, and what mappers must fill of each object type. */
export function generateTypes(document: DocumentNode): string {
  const entities = new Set(
    document.definitions.flatMap((node) =>
      node.kind === Kind.OBJECT_TYPE_DEFINITION && (node.interfaces ?? []).length > 0
        ? [node.name.value]
        : [],
    ),
  );
  const parts = document.definitions.flatMap((node) => {
    if (node.kind === Kind.ENUM_TYPE_DEFINITION) {
      return [
        `export type ${node.name.value} = ${(node.values ?? []).map(({ name }) => `'${name.value}'`).join(' | ')};`,
      ];
    }
    if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      const fields = (node.fields ?? []).map(({ name, type }) => member(name.value, type));
      return [`export interface ${node.name.value} {\n${fields.join('\n')}\n}`];
    }
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION && !isRootOrList(node.name.value)) {
      return [objectType(node, entities)];
    }
    return [];
  });
  return `${header}\n${parts.join('\n\n')}\n`;
}

const isRootOrList = (name: string): boolean =>
  ['Query', 'Mutation', 'Subscription', 'PageInfo'].includes(name) || /(Connection|Edge)$/.test(name);

function objectType(node: ObjectTypeDefinitionNode, entities: ReadonlySet<string>): string {
  const name = node.name.value;
  const isAnswer = /(Payload|Result)$/.test(name);
  const fields = (node.fields ?? []).filter((field) => isAnswer || isOwn(field, entities));
  const typename = entities.has(name) ? [`readonly __typename: '${name}';`] : [];
  return `export interface ${name} {\n${[...typename, ...fields.map(({ name: { value }, type }) => member(value, type))].join('\n')}\n}`;
}

function isOwn(field: FieldDefinitionNode, entities: ReadonlySet<string>): boolean {
  const target = namedType(field.type);
  return !entities.has(target) && !target.endsWith('Connection') && (field.arguments ?? []).length === 0;
}

const namedType = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);

const member = (name: string, type: TypeNode): string =>
  type.kind === Kind.NON_NULL_TYPE
    ? `readonly ${name}: ${typeText(type.type)};`
    : `readonly ${name}?: ${typeText(type)} | null | undefined;`;

function typeText(type: TypeNode): string {
  if (type.kind === Kind.NON_NULL_TYPE) return typeText(type.type);
  if (type.kind === Kind.NAMED_TYPE) return scalars[type.name.value] ?? type.name.value;
  const element = typeText(type.type);
  return `readonly (${type.type.kind === Kind.NON_NULL_TYPE ? element : `${element} | null`})[]`;
}
