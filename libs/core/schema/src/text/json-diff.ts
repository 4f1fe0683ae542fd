import { jsonPointer, type SchemaPath } from '../schema-problem.ts';
import { jsonKey } from './json-equality.ts';
import { isJsonObject, type JsonValue } from './json-text.ts';

/** One place where two JSON documents differ. */
export interface JsonDifference {
  /** JSON pointer; empty for the whole document. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Shortened text of the value before and after. */
  readonly before?: string;
  readonly after?: string;
}

/** Where two documents differ, in the order of the first and then of the second; objects are looked into, lists are not. */
export function diffJson(
  before: JsonValue,
  after: JsonValue,
  differencesMax = 20,
): readonly JsonDifference[] {
  const found: JsonDifference[] = [];
  compare(before, after, [], found, differencesMax);
  return found;
}

function compare(
  before: JsonValue,
  after: JsonValue,
  path: SchemaPath,
  found: JsonDifference[],
  differencesMax: number,
): void {
  if (found.length >= differencesMax || jsonKey(before) === jsonKey(after)) return;
  if (!isJsonObject(before) || !isJsonObject(after)) {
    found.push({ path: jsonPointer(path), kind: 'changed', before: shortly(before), after: shortly(after) });
    return;
  }
  for (const [key, value] of Object.entries(before)) {
    const other = Object.hasOwn(after, key) ? after[key] : undefined;
    const at = [...path, key];
    if (other !== undefined) compare(value, other, at, found, differencesMax);
    else if (found.length < differencesMax) {
      found.push({ path: jsonPointer(at), kind: 'removed', before: shortly(value) });
    }
  }
  for (const [key, value] of Object.entries(after)) {
    if (Object.hasOwn(before, key) || found.length >= differencesMax) continue;
    found.push({ path: jsonPointer([...path, key]), kind: 'added', after: shortly(value) });
  }
}

const shortly = (value: JsonValue): string => jsonKey(value).slice(0, 80);
