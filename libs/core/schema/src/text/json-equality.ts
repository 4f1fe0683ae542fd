import { isJsonArray, isJsonObject, type JsonValue } from './json-text.ts';

/** Equal data gives equal text: keys in code unit order, 1 and 1.0 the same. */
export function jsonKey(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (isJsonArray(value)) return `[${value.map(jsonKey).join(',')}]`;
  if (isJsonObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonKey(value[key] ?? null)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
