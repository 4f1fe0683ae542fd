import { err, ok, type Result } from '@headwater/kernel';
import { schemaBounds, SchemaRefusal, type SchemaPath, type SchemaProblem } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';
import { readJsonSource } from '../text/json-source.ts';
import {
  isJsonArray,
  isJsonObject,
  jsonProblem,
  member,
  type JsonObject,
  type JsonValue,
} from '../text/json-text.ts';
import { draftOf, idKeyword, type JsonSchemaDraft } from './json-schema-draft.ts';

/** A schema with the documents it refers to, every `$id`, `$anchor` and base URI known. Nothing is ever fetched. */
export interface JsonSchemaDocument {
  readonly root: JsonValue;
  readonly draft: JsonSchemaDraft;
  /** The schema a `$ref` inside `from` leads to; throws `SchemaRefusal` when it leads nowhere. */
  resolve(from: JsonObject, reference: string): JsonValue;
  /** Where a value stands; the empty path for values of other documents. */
  pathOf(value: JsonObject): SchemaPath;
}

export function readJsonSchemaDocument(
  source: SchemaSource,
  references: ReadonlyMap<string, SchemaSource>,
): Result<JsonSchemaDocument, SchemaProblem> {
  const read = readJsonSource(source);
  if (!read.ok) return read;
  try {
    if (!isJsonObject(read.value) && typeof read.value !== 'boolean') {
      throw new SchemaRefusal(
        [],
        'not-a-schema',
        'a JSON Schema is an object or a boolean',
        'Give a schema.',
      );
    }
    return ok(createDocument(read.value, references));
  } catch (error) {
    if (error instanceof SchemaRefusal) return err(jsonProblem(source.text, error));
    throw error;
  }
}

/** Base of documents without an identifier, so that relative references resolve like file names. */
const nowhere = 'schema:///';

function createDocument(root: JsonValue, references: ReadonlyMap<string, SchemaSource>): JsonSchemaDocument {
  const draft = draftOf(root);
  const byUri = new Map<string, JsonValue>([[nowhere, root]]);
  const baseOf = new Map<JsonObject, string>();
  const paths = new Map<JsonObject, SchemaPath>();
  let nodes = 0;

  function index(value: JsonValue, base: string, path: SchemaPath | undefined): void {
    if (isJsonArray(value)) {
      for (const [at, item] of value.entries()) index(item, base, path && [...path, at]);
    }
    if (!isJsonObject(value)) return;
    nodes += 1;
    if (nodes > schemaBounds.nodesMax) {
      throw new SchemaRefusal(
        [],
        'too-many-nodes',
        `the schema has more than ${schemaBounds.nodesMax} nodes`,
        'Split it.',
      );
    }
    const own = identify(value, base);
    baseOf.set(value, own);
    if (path !== undefined) paths.set(value, path);
    for (const [key, item] of Object.entries(value)) {
      if (key !== 'enum' && key !== 'const' && key !== 'default') index(item, own, path && [...path, key]);
    }
  }

  function identify(value: JsonObject, base: string): string {
    const id = member(value, idKeyword(draft)) ?? member(value, '$id');
    const own = typeof id === 'string' ? resolveUri(base, id) : base;
    if (own !== base) byUri.set(withoutEmptyFragment(own), value);
    for (const keyword of ['$anchor', '$dynamicAnchor']) {
      const anchor = member(value, keyword);
      if (typeof anchor === 'string') byUri.set(`${splitUri(own)[0]}#${anchor}`, value);
    }
    return own.includes('#') ? base : own;
  }

  function addReference(name: string, source: SchemaSource): void {
    const read = readJsonSource(source);
    if (!read.ok) {
      const { rule, message, fix } = read.error;
      throw new SchemaRefusal([], rule, `reference ${name}: ${message}`, fix);
    }
    const uri = resolveUri(nowhere, name);
    byUri.set(withoutEmptyFragment(uri), read.value);
    index(read.value, uri, undefined);
  }

  index(root, nowhere, []);
  for (const [name, source] of references) addReference(name, source);

  return {
    root,
    draft,
    pathOf: (value) => paths.get(value) ?? [],
    resolve(from, reference) {
      const base = baseOf.get(from) ?? nowhere;
      const found =
        findTarget(byUri, resolveUri(base, reference)) ?? findTarget(byUri, resolveUri(nowhere, reference));
      if (found !== undefined) return found;
      throw new SchemaRefusal(
        [...(paths.get(from) ?? []), '$ref'],
        'reference-unknown',
        `the reference ${JSON.stringify(reference)} leads to no schema`,
        'Correct it, or give the schema it names as a reference. Nothing is fetched.',
      );
    },
  };
}

function findTarget(byUri: ReadonlyMap<string, JsonValue>, uri: string): JsonValue | undefined {
  const exact = byUri.get(withoutEmptyFragment(uri));
  if (exact !== undefined) return exact;
  const [document, fragment] = splitUri(uri);
  const root = byUri.get(document);
  return root !== undefined && fragment.startsWith('/') ? valueAt(root, fragment) : undefined;
}

function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const part of pointer.slice(1).split('/')) {
    const key = decodePart(part);
    if (isJsonArray(value)) value = /^\d+$/.test(key) ? value[Number(key)] : undefined;
    else if (isJsonObject(value)) value = member(value, key);
    else return undefined;
  }
  return value;
}

function decodePart(part: string): string {
  const text = part.includes('%') ? safelyDecoded(part) : part;
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

function safelyDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function resolveUri(base: string, reference: string): string {
  if (reference.startsWith('#')) return splitUri(base)[0] + reference;
  try {
    return new URL(reference, base).href;
  } catch {
    return reference;
  }
}

function splitUri(uri: string): readonly [document: string, fragment: string] {
  const at = uri.indexOf('#');
  return at === -1 ? [uri, ''] : [uri.slice(0, at), uri.slice(at + 1)];
}

const withoutEmptyFragment = (uri: string): string => (uri.endsWith('#') ? uri.slice(0, -1) : uri);
