import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, ScalarTag, Tags, YAMLError } from 'yaml';
import type { ContractProblem, DocumentPath, Position } from '../contract-problem.ts';

/** A contract longer than this is refused before it is parsed. */
export const CONTRACT_BYTES_MAX = 2 * 1024 * 1024;
const ALIASES_MAX = 100;
const DEPTH_MAX = 100;
const PROBLEMS_MAX = 100;

/** The text a contract came from, with positions. */
export interface ContractSource {
  readonly text: string;
  /** Where the value at `path` begins; for a path that does not exist, its nearest parent. */
  positionOf(path: DocumentPath): Position;
  /** Where the key at the end of `path` stands. */
  positionOfKey(path: DocumentPath): Position;
  /** The scalar as it is written, so that no digit of a number is lost. */
  scalarText(path: DocumentPath): string | undefined;
}

export interface ContractYaml {
  readonly data: unknown;
  readonly source: ContractSource;
}

/** Parses YAML 1.2 (core schema): one document, unique keys, a bounded number of aliases. */
export function parseYaml(text: string): Result<ContractYaml, readonly ContractProblem[]> {
  if (text.length > CONTRACT_BYTES_MAX) {
    return err([
      yamlProblem(
        { line: 1, column: 1 },
        `the contract has more than ${CONTRACT_BYTES_MAX} characters`,
        'Split it into one contract per data product.',
      ),
    ]);
  }
  if (opensTooMuch(text)) return err([unloadable(TOO_DEEP)]);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    if (document.errors.length > 0) return err(toProblems(document.errors, lines));
    const data: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    if (!isShallow(data, DEPTH_MAX)) return err([unloadable(TOO_DEEP)]);
    return ok({ data, source: createSource(text, document, lines) });
  } catch (error) {
    return err([unloadable(error instanceof Error ? error.message : String(error))]);
  }
}

const TOO_DEEP = `it is nested deeper than ${DEPTH_MAX} levels, or contains itself`;

/** yaml throws for alias bombs and for nesting beyond the stack. */
const unloadable = (cause: string): ContractProblem =>
  yamlProblem(
    { line: 1, column: 1 },
    `the document cannot be loaded: ${cause}`,
    'Write the contract without anchors and deep nesting.',
  );

/** The parser needs time for each bracket that is never closed. */
function opensTooMuch(text: string): boolean {
  let open = 0;
  for (let i = 0; i < text.length && open <= 1_000; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) open++;
    else if ((code === 0x5d || code === 0x7d) && open > 0) open--;
  }
  return open > 1_000;
}

function isShallow(data: unknown, levels: number): boolean {
  if (data === null || typeof data !== 'object') return true;
  return levels > 0 && Object.values(data).every((inner) => isShallow(inner, levels - 1));
}

/** One problem per place: what follows at the same place is a consequence. */
function toProblems(errors: readonly YAMLError[], lines: LineCounter): readonly ContractProblem[] {
  const first = errors.filter((error, i) => errors.findIndex((other) => other.pos[0] === error.pos[0]) === i);
  return first.slice(0, PROBLEMS_MAX).map((error) => toProblem(error, lines));
}

function toProblem(error: YAMLError, lines: LineCounter): ContractProblem {
  const { line, col } = lines.linePos(error.pos[0]);
  return yamlProblem(
    { line, column: col },
    error.message.includes('call stack') ? `the document cannot be loaded: ${TOO_DEEP}` : error.message,
    YAML_FIXES[error.code] ?? 'Mend the YAML at this place.',
  );
}

const YAML_FIXES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  DUPLICATE_KEY: 'Keep one of the two keys.',
  BAD_INDENT: 'Indent members of one object to the same column.',
  MULTIPLE_DOCS: 'Keep one document per file.',
  MISSING_CHAR: 'Close the quote or bracket.',
};

const yamlProblem = (position: Position, message: string, fix: string): ContractProblem => ({
  rule: 'yaml',
  severity: 'error',
  path: '',
  message,
  fix,
  ...position,
});

function createSource(text: string, document: Document, lines: LineCounter): ContractSource {
  const at = (node: Node | null | undefined): Position | undefined => {
    if (node?.range === undefined || node.range === null) return undefined;
    const { line, col } = lines.linePos(node.range[0]);
    return { line, column: col };
  };
  const positionOf = (path: DocumentPath): Position => {
    const found = at(nodeAt(document, path));
    if (found !== undefined) return found;
    return path.length === 0 ? { line: 1, column: 1 } : positionOf(path.slice(0, -1));
  };
  return {
    text,
    positionOf,
    positionOfKey(path) {
      const parent = nodeAt(document, path.slice(0, -1));
      const pair = isMap(parent) ? parent.items.find((item) => keyOf(item.key) === path.at(-1)) : undefined;
      return at(pair?.key as Node | undefined) ?? positionOf(path);
    },
    scalarText(path) {
      const node = nodeAt(document, path);
      return isScalar(node) ? (node.source ?? String(node.value)) : undefined;
    },
  };
}

const keyOf = (key: unknown): unknown => (isScalar(key) ? String(key.value) : key);

function nodeAt(document: Document, path: DocumentPath): Node | undefined {
  const node: unknown = document.getIn(path, true);
  return node instanceof Object && 'range' in node ? (node as Node) : undefined;
}

/**
 * Writes the text again with `edits` made: a value replaces or is added at the end of its parent, `undefined` removes.
 * Comments, order and the digits of every number are kept; writing the result again gives the same text. Without edits
 * the text is returned as it is.
 */
export function writeYaml(
  text: string,
  edits: readonly { readonly path: DocumentPath; readonly value: unknown }[],
): string {
  if (edits.length === 0) return text;
  const document = parseDocument(text, { customTags: (tags) => tags.map(keepDigits) });
  for (const { path, value } of edits) {
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Numbers are written as they were read: as a double a long one would change. */
function keepDigits(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || !('stringify' in tag) || !/:(int|float)$/.test(tag.tag)) return tag;
  const { stringify } = tag;
  return {
    ...tag,
    stringify: (node, ...rest) => node.source ?? stringify?.(node, ...rest) ?? String(node.value),
  } as ScalarTag;
}
