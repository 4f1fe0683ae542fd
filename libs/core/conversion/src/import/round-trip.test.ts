import { compileContract, documentFacts, parseContract } from '@headwater/core-contract';
import type { Column, DataContract } from '@headwater/core-contract';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convertContract } from '../convert-contract.ts';
import { importContract, SCHEMA_FORMATS } from './import-contract.ts';
import type { SchemaFormat } from './import-contract.ts';

const FACTS = { domain: 'shop', name: 'orders' };

function contractOf(yaml: string): DataContract {
  const parsed = parseContract(yaml);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

function roundTrip(contract: DataContract, format: SchemaFormat) {
  const converted = convertContract(contract, format);
  if (!converted.ok) throw new Error(JSON.stringify(converted.error));
  const imported = importContract(converted.value.text, format, FACTS);
  if (!imported.ok) throw new Error(JSON.stringify(imported.error));
  return {
    losses: converted.value.losses,
    back: contractOf(imported.value.text),
    unsaid: imported.value.losses,
  };
}

/** Facts about the record, paths without the name of the object; words of a type are compared as types. */
function recordFacts(contract: DataContract): ReadonlyMap<string, string> {
  const types = typesOf(contract);
  return new Map(
    documentFacts({ ...contract.odcs }).flatMap(({ path, key, after }) => {
      if (!path.startsWith('schema[')) return [];
      const inside = path.replace(/^schema\[[^\]]*\]\.?/, '');
      const owner = inside.replace(/\.?(logicalTypeOptions\.)?[A-Za-z]+$/, '');
      const isTypeWord = TYPE_WORDS.includes(key) && types.has(owner);
      return [[inside, isTypeWord ? types.get(owner)! : JSON.stringify(after)] as const];
    }),
  );
}

const TYPE_WORDS = ['logicalType', 'physicalType', 'format', 'timezone'];

function typesOf(contract: DataContract): ReadonlyMap<string, string> {
  const compiled = compileContract(contract);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const types = new Map<string, string>();
  const add = (columns: readonly Column[], parent: string): void => {
    for (const { source, type } of columns) addType(type, `${parent}properties[${source}]`);
  };
  const addType = (type: Column['type'], path: string): void => {
    types.set(path, JSON.stringify({ ...type, fields: undefined, element: undefined }));
    if (type.kind === 'struct') add(type.fields, `${path}.`);
    if (type.kind === 'array') addType(type.element.type, `${path}.items`);
  };
  add(compiled.value.columns, '');
  return types;
}

const orders = contractOf(
  readFileSync(new URL('../golden/orders.odcs.yaml', import.meta.url), 'utf8').replaceAll(
    'line-items',
    'line_items',
  ),
);

describe('a contract that becomes a schema and a contract again', () => {
  it.each(SCHEMA_FORMATS)('%s: has lost exactly what was said to be lost', (format) => {
    const { losses, back, unsaid } = roundTrip(orders, format);
    const [before, after] = [recordFacts(orders), recordFacts(back)];
    const lost = [...before].filter(([path, value]) => !isKept(path, value, after)).map(([path]) => path);
    const said = losses.flatMap(({ path }) =>
      path.startsWith('schema[') ? [path.replace(/^schema\[[^\]]*\]\.?/, '')] : [],
    );
    expect(things(lost)).toEqual(things(said));
    expect(unsaid).toEqual([]);
  });

  it.each(SCHEMA_FORMATS)('%s: converted again is the same', (format) => {
    const first = convertContract(orders, format);
    const { back } = roundTrip(orders, format);
    const second = convertContract(back, format);
    if (!first.ok || !second.ok) throw new Error('not converted');
    const content = ({ text }: { text: string }): unknown =>
      format === 'protobuf' ? text : JSON.parse(text);
    expect(content(second.value)).toEqual(content(first.value));
  });
});

it('[D4] keeps the numbers of Protobuf fields, stated or not', () => {
  const proto =
    'syntax = "proto3";\nmessage M {\n  optional string a = 1;\n  optional string b = 7;\n  optional string c = 3;\n}\n';
  const imported = importContract(proto, 'protobuf', FACTS);
  if (!imported.ok) throw new Error(JSON.stringify(imported.error));
  const converted = convertContract(contractOf(imported.value.text), 'protobuf');
  expect(converted.ok && converted.value.text).toContain(
    'a = 1;\n  optional string b = 7;\n  optional string c = 3;',
  );
});

/** A type has several words and is one thing. */
const things = (paths: readonly string[]): readonly string[] =>
  [...new Set(paths.map((path) => path.replace(TYPE_WORD, '.type')))].sort();

const TYPE_WORD = /\.(logicalTypeOptions\.(format|timezone)|logicalType|physicalType)$/;

/** A type has several words: the same type in others is not lost. */
function isKept(path: string, value: string, after: ReadonlyMap<string, string>): boolean {
  if (after.get(path) === value) return true;
  const match = /^(.*?)\.(logicalTypeOptions\.(format|timezone)|logicalType|physicalType)$/.exec(path);
  return match !== null && after.get(`${match[1]}.logicalType`) === value;
}
