import { err, ok, type Result } from '@headwater/kernel';
import { schemaBounds, SchemaRefusal, type SchemaPath, type SchemaProblem } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';
import { jsonKey } from '../text/json-equality.ts';
import {
  isJsonArray,
  isJsonObject,
  jsonProblem,
  member,
  type JsonObject,
  type JsonValue,
} from '../text/json-text.ts';
import type { ContentNode, ReferenceContent } from './content-model.ts';
import { contentOfType, isContentType, keywordsOfType } from './content-keywords.ts';
import { KeywordValues } from './keyword-values.ts';
import { readsBesideReference } from './json-schema-draft.ts';
import type { JsonSchemaDocument } from './json-schema-document.ts';

/** The content model of a document: every reference resolved, every keyword of the draft read, others left alone. */
export function loadContentModel(
  document: JsonSchemaDocument,
  source: SchemaSource,
): Result<ContentNode, SchemaProblem> {
  try {
    return ok(createLoader(document).document());
  } catch (error) {
    if (error instanceof SchemaRefusal) return err(jsonProblem(source.text, error));
    throw error;
  }
}

const combinations = ['allOf', 'anyOf', 'oneOf'] as const;
const references = ['$ref', '$recursiveRef', '$dynamicRef'] as const;
const sniffed = ['array', 'object', 'number', 'string'] as const;

interface Loader {
  document(): ContentNode;
}

function createLoader(document: JsonSchemaDocument): Loader {
  const { draft } = document;
  const loaded = new Map<JsonObject, ContentNode>();
  const pending: ReferenceContent[] = [];
  let nodes = 0;

  function load(json: JsonValue, path: SchemaPath): ContentNode {
    nodes += 1;
    if (nodes > schemaBounds.nodesMax) {
      throw new SchemaRefusal(
        path,
        'too-many-nodes',
        `the schema has more than ${schemaBounds.nodesMax} nodes`,
        'Split it.',
      );
    }
    if (typeof json === 'boolean') return { kind: json ? 'any' : 'never', path };
    if (!isJsonObject(json)) {
      throw new SchemaRefusal(path, 'not-a-schema', 'a schema is an object or a boolean', 'Correct it.');
    }
    const known = loaded.get(json);
    if (known !== undefined) return known;
    const node = objectNode(json, path);
    loaded.set(json, node);
    return node;
  }

  function objectNode(json: JsonObject, path: SchemaPath): ContentNode {
    const keyword = references.find((name) => typeof member(json, name) === 'string');
    if (keyword === undefined) return allOf(partsOf(json, path), path);
    const node: ReferenceContent = {
      kind: 'reference',
      reference: String(json[keyword]),
      target: undefined,
      from: json,
      path,
    };
    pending.push(node);
    if (!readsBesideReference(draft)) return node;
    return allOf([node, ...partsOf(json, path)], path);
  }

  /** What a schema says, one node for each type it speaks of. */
  function partsOf(json: JsonObject, path: SchemaPath): readonly ContentNode[] {
    const keywords = new KeywordValues(json, path, draft, load);
    const parts: ContentNode[] = [];
    const values = keywords.list('enum');
    if (values !== undefined) parts.push(enumOf(values, false, path));
    for (const criterion of combinations) {
      const items = keywords.schemas(criterion);
      if (items !== undefined) parts.push({ kind: 'combined', criterion, parts: items, path });
    }
    const excluded = keywords.schema('not');
    if (excluded !== undefined) parts.push({ kind: 'not', excluded, path });
    const constant = draft === '4' ? undefined : member(json, 'const');
    if (constant !== undefined) parts.push(enumOf([constant], true, path));
    parts.push(...typeParts(keywords));
    if (draft !== '4' && draft !== '6') parts.push(...conditionOf(keywords, path));
    return parts;
  }

  return {
    document() {
      const root = load(document.root, []);
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        const raw = document.resolve(next.from, next.reference);
        next.target = load(raw, isJsonObject(raw) ? document.pathOf(raw) : next.path);
      }
      return root;
    },
  };
}

function allOf(parts: readonly ContentNode[], path: SchemaPath): ContentNode {
  const [first] = parts;
  if (first === undefined) return { kind: 'any', path };
  return parts.length === 1 ? first : { kind: 'combined', criterion: 'allOf', parts, path };
}

const enumOf = (values: readonly JsonValue[], isConst: boolean, path: SchemaPath): ContentNode => ({
  kind: 'enum',
  isConst,
  values: new Map(values.map((value) => [jsonKey(value), value])),
  path,
});

/** The node of the declared type, a choice for a list of types, and one node for each type only keywords speak of. */
function typeParts(keywords: KeywordValues): readonly ContentNode[] {
  const { json, path } = keywords;
  const type = member(json, 'type');
  const declared = typeof type === 'string' ? [type] : isJsonArray(type) ? type : [];
  for (const name of declared) {
    if (typeof name === 'string' && isContentType(name)) continue;
    throw new SchemaRefusal(
      [...path, 'type'],
      'unknown-type',
      `${jsonKey(name)} is not a type`,
      'Use a JSON Schema type.',
    );
  }
  const nodes = declared.map((name) => contentOfType(String(name), keywords));
  const types = new Set(declared.map((name) => (name === 'integer' ? 'number' : name)));
  const others = sniffed.filter(
    (name) => !types.has(name) && keywordsOfType[name].some((key) => Object.hasOwn(json, key)),
  );
  const ofKeywords = others.map((name) => contentOfType(name, keywords));
  if (isJsonArray(type)) return [{ kind: 'combined', criterion: 'anyOf', parts: nodes, path }, ...ofKeywords];
  return [...nodes, ...ofKeywords];
}

function conditionOf(keywords: KeywordValues, path: SchemaPath): readonly ContentNode[] {
  const parts = {
    if: keywords.schema('if'),
    then: keywords.schema('then'),
    else: keywords.schema('else'),
  };
  const given = Object.fromEntries(Object.entries(parts).filter(([, node]) => node !== undefined));
  return Object.keys(given).length === 0 ? [] : [{ kind: 'conditional', ...given, path }];
}
