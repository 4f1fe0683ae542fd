import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import {
  complement,
  DIGITS,
  NOT_LINE_END,
  single,
  SPACE,
  toSet,
  unicodeProperty,
  WORD,
} from './code-point-set.ts';
import type { CodePointSet } from './code-point-set.ts';

/** What a pattern means, without captures and greediness: those do not change whether it matches. */
export type PatternNode =
  | { readonly kind: 'set'; readonly set: CodePointSet }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly inner: PatternNode; readonly min: number; readonly max: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

const SOURCE_MAX = 2_000;
const NESTING_MAX = 100;

interface Reader {
  readonly points: readonly string[];
  at: number;
  depth: number;
}

/** Thrown inside the parser, never out of it. */
class PatternRefused extends Error {}

/** Parses an ECMA-262 pattern by code points. Look-around, backreferences and word boundaries are refused by name. */
export function parsePattern(source: string): Result<PatternNode, string> {
  if (source.length > SOURCE_MAX) return err(`it is longer than ${SOURCE_MAX} characters`);
  const wrong = syntaxError(source);
  if (wrong !== undefined) return err(wrong);
  const reader: Reader = { points: [...source], at: 0, depth: 0 };
  try {
    const node = parseChoice(reader);
    return reader.at === reader.points.length
      ? ok(node)
      : err('a closing parenthesis is without an opening one');
  } catch (error) {
    if (error instanceof PatternRefused) return err(error.message);
    throw error;
  }
}

function syntaxError(source: string): string | undefined {
  for (const flags of ['u', '']) {
    try {
      new RegExp(source, flags);
      return undefined;
    } catch (error) {
      if (flags === '') return error instanceof Error ? error.message : String(error);
    }
  }
  return undefined;
}

const refuse = (message: string): never => {
  throw new PatternRefused(message);
};

const peek = (reader: Reader, ahead = 0): string => reader.points[reader.at + ahead] ?? '';

function take(reader: Reader, text: string): boolean {
  const points = [...text];
  if (points.some((point, i) => peek(reader, i) !== point)) return false;
  reader.at += points.length;
  return true;
}

function parseChoice(reader: Reader): PatternNode {
  if (++reader.depth > NESTING_MAX) refuse('its groups are nested too deeply');
  const options = [parseSequence(reader)];
  while (take(reader, '|')) options.push(parseSequence(reader));
  reader.depth--;
  return options.length === 1 ? options[0]! : { kind: 'choice', options };
}

function parseSequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = [];
  while (reader.at < reader.points.length && peek(reader) !== '|' && peek(reader) !== ')') {
    parts.push(parseQuantified(reader));
  }
  return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
}

function parseQuantified(reader: Reader): PatternNode {
  const inner = parseAtom(reader);
  const bounds = parseQuantifier(reader);
  if (bounds === undefined) return inner;
  take(reader, '?');
  return { kind: 'repeat', inner, min: bounds[0], max: bounds[1] };
}

function parseQuantifier(reader: Reader): readonly [number, number] | undefined {
  if (take(reader, '*')) return [0, Infinity];
  if (take(reader, '+')) return [1, Infinity];
  if (take(reader, '?')) return [0, 1];
  const counted = /^\{([0-9]{1,9})(,([0-9]{0,9}))?\}/.exec(
    reader.points.slice(reader.at, reader.at + 24).join(''),
  );
  if (counted === null) return undefined;
  reader.at += counted[0].length;
  const min = Number(counted[1]);
  if (counted[2] === undefined) return [min, min];
  return [min, counted[3] === '' ? Infinity : Number(counted[3])];
}

function parseAtom(reader: Reader): PatternNode {
  const point = peek(reader);
  switch (point) {
    case '^':
      reader.at++;
      return { kind: 'start' };
    case '$':
      reader.at++;
      return { kind: 'end' };
    case '.':
      reader.at++;
      return { kind: 'set', set: NOT_LINE_END };
    case '(':
      return parseGroup(reader);
    case '[':
      return { kind: 'set', set: parseClass(reader) };
    case '\\':
      return { kind: 'set', set: parseEscape(reader, false) };
    default:
      reader.at++;
      return { kind: 'set', set: single(point.codePointAt(0)!) };
  }
}

function parseGroup(reader: Reader): PatternNode {
  reader.at++;
  if (take(reader, '?')) {
    const isNamed = peek(reader) === '<' && peek(reader, 1) !== '=' && peek(reader, 1) !== '!';
    if (isNamed) while (!take(reader, '>')) reader.at++;
    else if (!take(reader, ':'))
      refuse(`(?${peek(reader)} cannot be matched in linear time, or changes flags`);
  }
  const inner = parseChoice(reader);
  if (!take(reader, ')')) refuse('a group is not closed');
  return inner;
}

function parseClass(reader: Reader): CodePointSet {
  reader.at++;
  const isNegated = take(reader, '^');
  const ranges: (readonly [number, number])[] = [];
  while (!take(reader, ']')) {
    const low = parseClassAtom(reader);
    const isRange =
      peek(reader) === '-' && peek(reader, 1) !== ']' && low.length === 1 && low[0]![0] === low[0]![1];
    if (!isRange) {
      ranges.push(...low);
      continue;
    }
    reader.at++;
    const high = parseClassAtom(reader);
    if (high.length === 1 && high[0]![0] === high[0]![1]) ranges.push([low[0]![0], high[0]![0]]);
    else ranges.push(...low, [0x2d, 0x2d], ...high);
  }
  const set = toSet(ranges);
  return isNegated ? complement(set) : set;
}

function parseClassAtom(reader: Reader): CodePointSet {
  if (reader.at >= reader.points.length) return refuse('a character class is not closed');
  if (peek(reader) === '\\') return parseEscape(reader, true);
  return single(reader.points[reader.at++]!.codePointAt(0)!);
}

const CLASS_ESCAPES: Readonly<Record<string, CodePointSet>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROL_ESCAPES: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d };

function parseEscape(reader: Reader, isInClass: boolean): CodePointSet {
  reader.at++;
  const letter = peek(reader);
  reader.at++;
  const known = CLASS_ESCAPES[letter];
  if (known !== undefined) return known;
  const control = CONTROL_ESCAPES[letter];
  if (control !== undefined) return single(control);
  switch (letter) {
    case 'p':
    case 'P':
      return parseProperty(reader, letter === 'P');
    case 'b':
      return isInClass ? single(0x08) : refuse('\\b is not supported');
    case 'B':
      return refuse('\\B is not supported');
    case 'k':
      return refuse('backreferences cannot be matched in linear time');
    case 'c':
      return single(reader.points[reader.at++]!.codePointAt(0)! % 32);
    case 'x':
    case 'u':
      return single(parseCode(reader, letter));
    case '0':
      return single(0);
    default:
      if (/[1-9]/.test(letter)) return refuse('backreferences cannot be matched in linear time');
      return single(letter.codePointAt(0)!);
  }
}

function parseProperty(reader: Reader, isNegated: boolean): CodePointSet {
  if (!take(reader, '{')) return refuse('\\p needs a property in braces');
  let name = '';
  while (peek(reader) !== '}' && reader.at < reader.points.length) name += reader.points[reader.at++]!;
  reader.at++;
  if (!/^[A-Za-z_=0-9]+$/.test(name)) return refuse(`\\p{${name}} is not a Unicode property`);
  try {
    const set = unicodeProperty(name);
    return isNegated ? complement(set) : set;
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(`\\p{${name}} is not a Unicode property`);
    throw error;
  }
}

function parseCode(reader: Reader, letter: 'x' | 'u'): number {
  const rest = reader.points.slice(reader.at, reader.at + 12).join('');
  const match =
    letter === 'x'
      ? /^([0-9A-Fa-f]{2})/.exec(rest)
      : /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4}))/.exec(rest);
  if (match === null) return letter.codePointAt(0)!;
  reader.at += match[0].length;
  const unit = parseInt(match[1] ?? match[2]!, 16);
  const low = /^\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})/.exec(rest.slice(match[0].length));
  if (unit < 0xd800 || unit > 0xdbff || low === null) return unit;
  reader.at += low[0].length;
  return 0x10000 + ((unit - 0xd800) << 10) + (parseInt(low[1]!, 16) - 0xdc00);
}
