import { err, ok, type Result } from '@headwater/kernel';
import {
  jsonPointer,
  positionAt,
  schemaBounds,
  SchemaRefusal,
  type SchemaPath,
  type SchemaProblem,
} from '../schema-problem.ts';

/** JSON as data. Integers beyond 2^53 are `bigint`, so that no digit of a bound is lost. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isJsonArray = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value);

/** Own property or undefined, also for keys such as `constructor`. */
export const member = (object: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/**
 * RFC 8259 text to data. Refuses what a registry would take and lose: a key given twice, text after the value. Objects have
 * no prototype. Time and memory are linear in the text.
 */
export function parseJsonText(text: string): Result<JsonValue, SchemaProblem> {
  try {
    return ok(new JsonReader(text).document());
  } catch (error) {
    if (error instanceof SchemaRefusal) return err(jsonProblem(text, error));
    throw error;
  }
}

/** A refusal with its position; `text` is undefined when the schema came as data. */
export function jsonProblem(text: string | undefined, refusal: SchemaRefusal): SchemaProblem {
  const { rule, message, fix, at } = refusal;
  const path = typeof at === 'number' ? '' : jsonPointer(at);
  const offset = text === undefined ? 0 : typeof at === 'number' ? at : offsetOf(text, at);
  return { rule, message, fix, path, ...positionAt(text ?? '', offset) };
}

/** Offset of the value at a path; the nearest enclosing value when the path leads nowhere. */
function offsetOf(text: string, path: SchemaPath): number {
  try {
    return new JsonReader(text).locate(path);
  } catch {
    return 0;
  }
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const numberForm = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const plainForm = /[^"\\\u0000-\u001f]*/y;

class JsonReader {
  private at = 0;
  private depth = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    if (text.length > schemaBounds.textCharactersMax) {
      this.refuse(
        'too-large',
        `the text has ${text.length} characters, more than ${schemaBounds.textCharactersMax}`,
        'Give one schema, not a collection of data.',
      );
    }
    if (text.startsWith('\ufeff')) this.at = 1;
  }

  document(): JsonValue {
    const value = this.value();
    this.space();
    if (this.at < this.text.length) {
      this.refuse('text-after-value', 'there is text after the end of the JSON value', 'Remove it.');
    }
    return value;
  }

  locate(path: SchemaPath): number {
    this.space();
    let found = this.at;
    for (const key of path) {
      if (!(typeof key === 'number' ? this.enterItem(key) : this.enterMember(key))) return found;
      this.space();
      found = this.at;
    }
    return found;
  }

  private enterItem(index: number): boolean {
    if (this.text[this.at] !== '[') return false;
    this.at += 1;
    for (let passed = 0; passed < index; passed += 1) {
      this.value();
      this.space();
      if (this.text[this.at] !== ',') return false;
      this.at += 1;
    }
    return true;
  }

  private enterMember(name: string): boolean {
    if (this.text[this.at] !== '{') return false;
    this.at += 1;
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') return false;
      const key = this.string();
      this.space();
      this.expect(':');
      if (key === name) return true;
      this.value();
      this.space();
      if (this.text[this.at] !== ',') return false;
      this.at += 1;
    }
  }

  private value(): JsonValue {
    this.space();
    const first = this.text[this.at];
    if (first === '"') return this.string();
    if (first === '{') return this.nested(() => this.object());
    if (first === '[') return this.nested(() => this.array());
    if (first === 't') return this.word('true', true);
    if (first === 'f') return this.word('false', false);
    if (first === 'n') return this.word('null', null);
    return this.number();
  }

  private nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > schemaBounds.nestingMax) {
      this.refuse(
        'too-deep',
        `brackets are nested more than ${schemaBounds.nestingMax} deep`,
        'Name inner types and refer to them.',
      );
    }
    this.at += 1;
    const value = read();
    this.at += 1;
    this.depth -= 1;
    return value;
  }

  private object(): JsonObject {
    const object = Object.create(null) as Record<string, JsonValue>;
    this.space();
    if (this.text[this.at] === '}') return object;
    for (;;) {
      this.space();
      const start = this.at;
      if (this.text[start] !== '"') {
        this.refuse('not-json', 'a key in double quotes is expected', 'Correct the JSON.');
      }
      const key = this.string();
      if (key in object) {
        this.at = start;
        this.refuse('duplicate-key', `the key ${JSON.stringify(key)} is given twice`, 'Keep one of them.');
      }
      this.space();
      this.expect(':');
      object[key] = this.value();
      this.space();
      if (this.text[this.at] !== ',') break;
      this.at += 1;
    }
    this.closed('}');
    return object;
  }

  private array(): readonly JsonValue[] {
    const items: JsonValue[] = [];
    this.space();
    if (this.text[this.at] === ']') return items;
    for (;;) {
      items.push(this.value());
      this.space();
      if (this.text[this.at] !== ',') break;
      this.at += 1;
    }
    this.closed(']');
    return items;
  }

  private string(): string {
    this.at += 1;
    let result = '';
    for (;;) {
      plainForm.lastIndex = this.at;
      const plain = plainForm.exec(this.text)?.[0] ?? '';
      this.at += plain.length;
      const next = this.text[this.at];
      if (next === '"') {
        this.at += 1;
        return result + plain;
      }
      if (next !== '\\') {
        const message = next === undefined ? 'a string has no end' : 'a control character stands in a string';
        this.refuse('not-json', message, 'Correct the JSON.');
      }
      result += plain + this.escape();
    }
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? '';
    if (letter === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits))
        this.refuse('not-json', 'an escape is not known', 'Correct the JSON.');
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const meant = escapes[letter];
    if (meant === undefined) this.refuse('not-json', 'an escape is not known', 'Correct the JSON.');
    this.at += 2;
    return meant;
  }

  private number(): number | bigint {
    numberForm.lastIndex = this.at;
    const found = numberForm.exec(this.text);
    if (found === null) {
      const message = this.at >= this.text.length ? 'the text ends too early' : 'a JSON value is expected';
      this.refuse('not-json', message, 'Give the schema as JSON text.');
    }
    this.at += found[0].length;
    const number = Number(found[0]);
    const isInteger = found[1] === undefined && found[2] === undefined;
    return isInteger && !Number.isSafeInteger(number) ? BigInt(found[0]) : number;
  }

  private word<T extends JsonValue>(word: string, meaning: T): T {
    if (!this.text.startsWith(word, this.at)) {
      this.refuse('not-json', 'a JSON value is expected', 'Give the schema as JSON text.');
    }
    this.at += word.length;
    return meaning;
  }

  private closed(bracket: string): void {
    if (this.text[this.at] !== bracket) {
      this.refuse('not-json', `${bracket} or a comma is expected`, 'Correct the JSON.');
    }
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character)
      this.refuse('not-json', `${character} is expected`, 'Correct the JSON.');
    this.at += 1;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at += 1;
    }
  }

  private refuse(rule: string, message: string, fix: string): never {
    throw new SchemaRefusal(this.at, rule, message, fix);
  }
}
