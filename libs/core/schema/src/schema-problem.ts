/** Place in a schema's text; both count from 1. */
export interface SchemaPosition {
  readonly line: number;
  readonly column: number;
}

/** Keys and indexes from the root of a JSON document. */
export type SchemaPath = readonly (string | number)[];

/** Why a text is not a schema that can be judged. */
export interface SchemaProblem extends SchemaPosition {
  /** Stable rule id in kebab case, for example `unknown-type`. */
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
  /** JSON pointer in JSON documents, dotted name in Protobuf; empty for the whole document. */
  readonly path: string;
}

/** Bounds of what is read. Beyond them a schema is refused with `too-large`, `too-deep` or `too-many-nodes`. */
export const schemaBounds = {
  /** Characters of one schema text. */
  textCharactersMax: 8_000_000,
  /** Brackets inside brackets: 100 levels of a schema take about 300. */
  nestingMax: 1_500,
  /** Types, properties and fields of one schema with its references. */
  nodesMax: 200_000,
  /** Pairs of nodes looked at for one verdict. */
  comparisonsMax: 500_000,
  /** Types inside types that are compared, references followed. */
  levelsMax: 400,
  /** Violations of one verdict; more would not be read. */
  violationsMax: 200,
} as const;

/** JSON pointer (RFC 6901) of a path; empty for the root. */
export const jsonPointer = (path: SchemaPath): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

export const positionAt = (text: string, offset: number): SchemaPosition => {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
};

/**
 * Carries one problem out of a parser. Parsers throw it inside and answer with a Result; it never leaves this package.
 */
export class SchemaRefusal extends Error {
  readonly rule: string;
  readonly fix: string;
  /** Offset in the text, or a path when the text is not at hand. */
  readonly at: number | SchemaPath;

  constructor(at: number | SchemaPath, rule: string, message: string, fix: string) {
    super(message);
    this.at = at;
    this.rule = rule;
    this.fix = fix;
  }
}
