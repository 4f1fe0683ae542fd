import { ok, type Result } from '@headwater/kernel';
import type { SchemaProblem } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';
import type { ContentNode } from './content-model.ts';
import { readJsonSchemaDocument, type JsonSchemaDocument } from './json-schema-document.ts';
import { loadContentModel } from './load-content-model.ts';

/** A JSON Schema: its text as data, and what it admits. */
export interface ParsedJsonSchema {
  readonly document: JsonSchemaDocument;
  readonly content: ContentNode;
}

/** Drafts 4, 6, 7, 2019-09 and 2020-12. `references` are other documents, by the name or URI a `$ref` uses. */
export function parseJsonSchema(
  source: SchemaSource,
  references: ReadonlyMap<string, SchemaSource> = new Map(),
): Result<ParsedJsonSchema, SchemaProblem> {
  const document = readJsonSchemaDocument(source, references);
  if (!document.ok) return document;
  const content = loadContentModel(document.value, source);
  return content.ok ? ok({ document: document.value, content: content.value }) : content;
}
