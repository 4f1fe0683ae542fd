import { isJsonObject, member, type JsonValue } from '../text/json-text.ts';

export const jsonSchemaDrafts = ['4', '6', '7', '2019-09', '2020-12'] as const;
export type JsonSchemaDraft = (typeof jsonSchemaDrafts)[number];

const metaSchemas: readonly (readonly [fragment: string, draft: JsonSchemaDraft])[] = [
  ['draft-04', '4'],
  ['draft-06', '6'],
  ['draft-07', '7'],
  ['2019-09', '2019-09'],
  ['2020-12', '2020-12'],
];

/** The draft `$schema` names; 7 where it names none, as registries assume. */
export function draftOf(root: JsonValue): JsonSchemaDraft {
  const declared = isJsonObject(root) ? member(root, '$schema') : undefined;
  if (typeof declared !== 'string') return '7';
  return metaSchemas.find(([fragment]) => declared.includes(fragment))?.[1] ?? '7';
}

/** Whether keywords beside `$ref` count: ignored up to draft 7. */
export const readsBesideReference = (draft: JsonSchemaDraft): boolean => draft.startsWith('20');

export const idKeyword = (draft: JsonSchemaDraft): 'id' | '$id' => (draft === '4' ? 'id' : '$id');
