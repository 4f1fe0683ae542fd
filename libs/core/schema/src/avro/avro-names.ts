import { SchemaRefusal, type SchemaPath } from '../schema-problem.ts';
import { member, type JsonObject } from '../text/json-text.ts';
import { avroPrimitives, namespaceOf, type AvroPrimitiveName } from './avro-schema.ts';

const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const isAvroName = (name: string): boolean => nameForm.test(name);

export const isPrimitiveName = (name: string): name is AvroPrimitiveName =>
  (avroPrimitives as readonly string[]).includes(name);

/** Full name of a definition, by the rules of "Names" in the specification. */
export function fullNameOf(json: JsonObject, enclosing: string, path: SchemaPath): string {
  const name = member(json, 'name');
  if (typeof name !== 'string') {
    throw new SchemaRefusal(path, 'name-missing', 'a named type has no name', 'Add "name".');
  }
  const given = member(json, 'namespace');
  const namespace = typeof given === 'string' ? given : enclosing;
  return checkedName(qualified(name, namespace), [...path, 'name']);
}

/** A reference or alias: with a dot it is full already, else it belongs to the namespace around it. */
export const qualified = (name: string, namespace: string): string =>
  name.includes('.') || namespace === '' ? name.replace(/^\./, '') : `${namespace}.${name}`;

export function checkedName(fullName: string, path: SchemaPath): string {
  const parts = fullName.split('.');
  if (!parts.every(isAvroName)) {
    throw new SchemaRefusal(
      path,
      'name-invalid',
      `${JSON.stringify(fullName)} is not a name`,
      'Use letters, digits and _, not starting with a digit.',
    );
  }
  if (isPrimitiveName(fullName)) {
    throw new SchemaRefusal(path, 'name-invalid', `${fullName} is a primitive type`, 'Choose another name.');
  }
  return fullName;
}

export function aliasesOf(json: JsonObject, fullName: string, path: SchemaPath): readonly string[] {
  return stringsOf(json, 'aliases', path).map((alias) => qualified(alias, namespaceOf(fullName)));
}

export function stringsOf(json: JsonObject, key: string, path: SchemaPath): readonly string[] {
  const given = member(json, key);
  if (given === undefined || given === null) return [];
  if (Array.isArray(given) && given.every((item) => typeof item === 'string')) return given as string[];
  throw new SchemaRefusal([...path, key], 'wrong-kind', `${key} must be a list of texts`, `Correct ${key}.`);
}

export function textOf(json: JsonObject, key: string): string | undefined {
  const given = member(json, key);
  return typeof given === 'string' ? given : undefined;
}
