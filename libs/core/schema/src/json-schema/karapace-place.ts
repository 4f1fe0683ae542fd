import type { Violation } from '../compatibility/violation.ts';
import type { JsonObject, JsonValue } from '../text/json-text.ts';
import { isJsonArray, isJsonObject, member } from '../text/json-text.ts';
import type { SchemaPath } from '../schema-problem.ts';
import type { JsonSchemaDocument } from './json-schema-document.ts';

/** A schema where it stands, with the document its references are resolved in. `value` is undefined where there is none. */
export interface KarapacePlace {
  readonly value: JsonValue | undefined;
  readonly document: JsonSchemaDocument;
  readonly path: SchemaPath;
}

export type KarapaceJudge = (reader: KarapacePlace, writer: KarapacePlace) => readonly Violation[];

export const objectOf = ({ value }: KarapacePlace): JsonObject => (isJsonObject(value) ? value : {});

/** The schema under a keyword. */
export const under = (place: KarapacePlace, ...keys: readonly (string | number)[]): KarapacePlace => {
  let value: JsonValue | undefined = place.value;
  for (const key of keys) {
    if (isJsonArray(value) && typeof key === 'number') value = value[key];
    else value = isJsonObject(value) ? member(value, String(key)) : undefined;
  }
  return { ...place, value, path: [...place.path, ...keys] };
};

/** Names of a keyword that holds schemas by name. */
export const namesUnder = (place: KarapacePlace, keyword: string): readonly string[] => {
  const value = member(objectOf(place), keyword);
  return isJsonObject(value) ? Object.keys(value) : [];
};

const choices = ['allOf', 'anyOf', 'oneOf'] as const;
export type KarapaceChoice = (typeof choices)[number] | 'not';

export interface KarapaceParts {
  readonly type: KarapaceChoice;
  readonly parts: readonly KarapacePlace[];
}

/** The parts of a combination; a list of types is an `anyOf` of the same schema with each type. */
export function partsOf(place: KarapacePlace): KarapaceParts | undefined {
  const json = objectOf(place);
  const type = member(json, 'type');
  if (isJsonArray(type)) {
    return { type: 'anyOf', parts: type.map((one) => ({ ...place, value: { ...json, type: one } })) };
  }
  for (const choice of choices) {
    const parts = member(json, choice);
    if (isJsonArray(parts))
      return { type: choice, parts: parts.map((_, index) => under(place, choice, index)) };
  }
  if (member(json, 'not') !== undefined) return { type: 'not', parts: [under(place, 'not')] };
  return undefined;
}

/** What kind of schema it is: a type, a combination, `enum`, a boolean, or an object where nothing says otherwise. */
export function kindOf(place: KarapacePlace): string {
  const { value } = place;
  if (value === undefined) return 'null';
  if (typeof value === 'boolean') return 'boolean schema';
  const parts = partsOf(place);
  if (parts !== undefined) return parts.type;
  const type = member(objectOf(place), 'type');
  if (typeof type === 'string' && type !== '') return type;
  return member(objectOf(place), 'enum') === undefined ? 'object' : 'enum';
}

/** Follows references; one that only leads to itself admits anything. */
export function dereferenced(place: KarapacePlace): KarapacePlace {
  let at = place;
  for (let steps = 0; isJsonObject(at.value); steps += 1) {
    const reference = member(at.value, '$ref');
    if (typeof reference !== 'string') return at;
    if (steps > 100) return { ...at, value: true };
    at = { ...at, value: at.document.resolve(at.value, reference) };
  }
  return at;
}
