import { isJsonArray, isJsonObject, type JsonValue } from './json-text.ts';

/** JSON text with two blanks of indent, keys in the order they have, `bigint` with all its digits. */
export function printJson(value: JsonValue, indent = ''): string {
  if (typeof value === 'bigint') return value.toString();
  const inner = `${indent}  `;
  if (isJsonArray(value)) {
    if (value.every((item) => !isJsonArray(item) && !isJsonObject(item))) {
      return `[${value.map((item) => printJson(item)).join(', ')}]`;
    }
    return `[\n${value.map((item) => inner + printJson(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return '{}';
    const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${printJson(item, inner)}`);
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}
