import type { SchemaPath } from '../schema-problem.ts';
import type { JsonObject, JsonValue } from '../text/json-text.ts';

/**
 * JSON Schema as the content it admits: one node for each type a schema speaks of. A schema with several (an enum beside a
 * type, keywords of two types) is a combination of them. References lead to shared nodes: the model may be cyclic.
 */
export type ContentNode =
  | AnyContent
  | NeverContent
  | TextContent
  | NumberContent
  | ScalarContent
  | ListContent
  | ObjectContent
  | EnumContent
  | NotContent
  | CombinedContent
  | ConditionalContent
  | ReferenceContent;

interface ContentPlace {
  /** Place in the schema's own document. */
  readonly path: SchemaPath;
}

/** `true` or `{}`. */
export interface AnyContent extends ContentPlace {
  readonly kind: 'any';
}

/** `false`. */
export interface NeverContent extends ContentPlace {
  readonly kind: 'never';
}

export interface TextContent extends ContentPlace {
  readonly kind: 'string';
  readonly minLength?: Quantity;
  readonly maxLength?: Quantity;
  /** Compared as text: no pattern is ever run. */
  readonly pattern?: string;
  readonly format?: string;
  readonly contentEncoding?: string;
  readonly contentMediaType?: string;
}

export type Quantity = number | bigint;

export interface Bound {
  readonly value: Quantity;
  readonly isExclusive: boolean;
}

export interface NumberContent extends ContentPlace {
  readonly kind: 'number';
  readonly isInteger: boolean;
  readonly minimum?: Bound;
  readonly maximum?: Bound;
  readonly multipleOf?: Quantity;
}

export interface ScalarContent extends ContentPlace {
  readonly kind: 'boolean' | 'null';
}

/** What may stand beside the named properties or listed items: nothing, anything, or what a schema admits. */
export type Rest = 'closed' | 'open' | ContentNode;

export interface ListContent extends ContentPlace {
  readonly kind: 'array';
  readonly minItems?: Quantity;
  readonly maxItems?: Quantity;
  readonly hasUniqueItems: boolean;
  readonly everyItem?: ContentNode;
  /** Undefined when the list is no tuple. */
  readonly items?: readonly ContentNode[];
  readonly rest: Rest;
  readonly contains?: ContentNode;
}

export interface ObjectContent extends ContentPlace {
  readonly kind: 'object';
  readonly required: readonly string[];
  readonly properties: ReadonlyMap<string, ContentNode>;
  readonly patterns: ReadonlyMap<string, ContentNode>;
  readonly rest: Rest;
  readonly propertyNames?: ContentNode;
  readonly minProperties?: Quantity;
  readonly maxProperties?: Quantity;
  readonly requiredWith: ReadonlyMap<string, readonly string[]>;
  readonly schemaWith: ReadonlyMap<string, ContentNode>;
}

export interface EnumContent extends ContentPlace {
  readonly kind: 'enum';
  /** `const` is an enum of one value. */
  readonly isConst: boolean;
  /** Canonical text of each value, to compare by. */
  readonly values: ReadonlyMap<string, JsonValue>;
}

export interface NotContent extends ContentPlace {
  readonly kind: 'not';
  readonly excluded: ContentNode;
}

export interface CombinedContent extends ContentPlace {
  readonly kind: 'combined';
  readonly criterion: 'allOf' | 'anyOf' | 'oneOf';
  readonly parts: readonly ContentNode[];
}

export interface ConditionalContent extends ContentPlace {
  readonly kind: 'conditional';
  readonly if?: ContentNode;
  readonly then?: ContentNode;
  readonly else?: ContentNode;
}

export interface ReferenceContent extends ContentPlace {
  readonly kind: 'reference';
  readonly reference: string;
  /** Set while the model is built; a reference that leads nowhere is refused before anyone sees it. */
  target: ContentNode | undefined;
  readonly from: JsonObject;
}

/** Follows references; a reference that only leads to itself admits anything. */
export function referred(node: ContentNode): ContentNode {
  let at = node;
  for (let steps = 0; at.kind === 'reference'; steps += 1) {
    if (at.target === undefined || steps > 100) return { kind: 'any', path: node.path };
    at = at.target;
  }
  return at;
}

const typeWords: Readonly<Record<ContentNode['kind'], string>> = {
  any: 'anything',
  never: 'nothing',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
  array: 'an array',
  object: 'an object',
  enum: 'listed values',
  not: 'all but a schema',
  combined: 'a combination',
  conditional: 'a condition',
  reference: 'a reference',
};

export function describeContent(node: ContentNode): string {
  if (node.kind === 'number') return node.isInteger ? 'an integer' : 'a number';
  if (node.kind === 'combined') return `${node.criterion} of ${node.parts.length}`;
  return typeWords[node.kind];
}
