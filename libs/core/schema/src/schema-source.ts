import type { JsonValue } from './text/json-text.ts';

/** A schema as text, or as JSON that has been read already (then problems have no line). */
export type SchemaSource =
  | { readonly text: string; readonly value?: undefined }
  | { readonly value: JsonValue; readonly text?: undefined };
