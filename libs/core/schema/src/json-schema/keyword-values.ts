import { SchemaRefusal, type SchemaPath } from '../schema-problem.ts';
import { isJsonArray, isJsonObject, member, type JsonObject, type JsonValue } from '../text/json-text.ts';
import type { Bound, ContentNode, Quantity, Rest } from './content-model.ts';
import type { JsonSchemaDraft } from './json-schema-draft.ts';

export type LoadContent = (json: JsonValue, path: SchemaPath) => ContentNode;

/** Reads the keywords of one schema and refuses values of the wrong kind with their place. */
export class KeywordValues {
  readonly json: JsonObject;
  readonly path: SchemaPath;
  readonly draft: JsonSchemaDraft;
  readonly load: LoadContent;

  constructor(json: JsonObject, path: SchemaPath, draft: JsonSchemaDraft, load: LoadContent) {
    this.json = json;
    this.path = path;
    this.draft = draft;
    this.load = load;
  }

  list(key: string): readonly JsonValue[] | undefined {
    const value = member(this.json, key);
    if (value === undefined) return undefined;
    return isJsonArray(value) ? value : this.refuse(key, 'a list');
  }

  quantity(key: string): Quantity | undefined {
    const value = member(this.json, key);
    if (value === undefined) return undefined;
    return typeof value === 'number' || typeof value === 'bigint' ? value : this.refuse(key, 'a number');
  }

  text(key: string): string | undefined {
    const value = member(this.json, key);
    return typeof value === 'string' ? value : value === undefined ? undefined : this.refuse(key, 'a text');
  }

  schema(key: string): ContentNode | undefined {
    const value = member(this.json, key);
    return value === undefined ? undefined : this.load(value, [...this.path, key]);
  }

  schemas(key: string): readonly ContentNode[] | undefined {
    return this.list(key)?.map((item, index) => this.load(item, [...this.path, key, index]));
  }

  entries(key: string): readonly (readonly [string, JsonValue])[] {
    const value = member(this.json, key);
    if (value === undefined) return [];
    return isJsonObject(value) ? Object.entries(value) : this.refuse(key, 'an object');
  }

  schemaMap(key: string): ReadonlyMap<string, ContentNode> {
    return new Map(
      this.entries(key).map(([name, item]) => [name, this.load(item, [...this.path, key, name])]),
    );
  }

  /** What the first of the given keywords leaves room for. */
  rest(...keys: readonly string[]): Rest {
    const key = keys.find((name) => Object.hasOwn(this.json, name));
    const value = key === undefined ? true : member(this.json, key);
    if (key === undefined || value === true) return 'open';
    return value === false || value === undefined ? 'closed' : this.load(value, [...this.path, key]);
  }

  /** Drafts from 6 on give the exclusive bound its own number; draft 4 makes the other bound exclusive. */
  bound(inclusive: string, exclusive: string): Bound | undefined {
    const given = member(this.json, exclusive);
    if (typeof given === 'number' || typeof given === 'bigint') return { value: given, isExclusive: true };
    const value = this.quantity(inclusive);
    return value === undefined ? undefined : { value, isExclusive: given === true };
  }

  private refuse(key: string, wanted: string): never {
    throw new SchemaRefusal([...this.path, key], 'wrong-kind', `${key} must be ${wanted}`, `Correct ${key}.`);
  }
}
