import { ok, type Result } from '@headwater/kernel';
import type { SchemaProblem } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';
import { parseJsonText, type JsonValue } from './json-text.ts';

const bareName = /^\s*[A-Za-z_][\w.]*\s*$/;

/** The JSON of a source. A bare type name such as `string` is taken for its JSON text, as registries do. */
export function readJsonSource(source: SchemaSource): Result<JsonValue, SchemaProblem> {
  if (source.text === undefined) return ok(source.value);
  const parsed = parseJsonText(source.text);
  return !parsed.ok && bareName.test(source.text) ? ok(source.text.trim()) : parsed;
}
