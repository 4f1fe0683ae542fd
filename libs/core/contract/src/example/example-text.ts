import type { Column } from '../compiled-contract.ts';
import { compileChecks } from '../judge/value-rules.ts';
import { encodeUtf8 } from '../judge/text.ts';
import { shortestMatch } from '../pattern/shortest-match.ts';
import type { TextLength } from '../pattern/shortest-match.ts';

const WORDS = ['example', 'EXAMPLE'];
const LENGTH_MAX = 100_000;

/** A text that keeps every rule of a string column; undefined when none is found. */
export function exampleText(column: Column): string | undefined {
  const checks = compileChecks(column).text;
  const isGood = (text: string): boolean => {
    const bytes = encodeUtf8(text);
    return checks.every(({ holds }) => holds(bytes, 0, bytes.length));
  };
  const listed = column.rules.find(({ rule }) => rule === 'enum');
  if (listed?.rule === 'enum') return listed.values.find(isGood);
  const length = lengthOf(column);
  if (length.least > LENGTH_MAX) return undefined;
  const word = WORDS.map((text) => fitted(text, length)).find(isGood);
  if (word !== undefined) return word;
  const patterns = column.rules.flatMap((rule) => (rule.rule === 'pattern' ? [rule.pattern] : []));
  // An empty text shows nothing: it is taken only where no other will do.
  return (
    shortestMatch(patterns, { ...length, least: Math.max(1, length.least) }) ??
    shortestMatch(patterns, length)
  );
}

/** The bounds of all rules of the column together. */
export function lengthOf({ rules }: Pick<Column, 'rules'>): TextLength {
  let least = 0;
  let most = Infinity;
  for (const rule of rules) {
    if (rule.rule === 'minLength') least = Math.max(least, rule.value);
    if (rule.rule === 'maxLength') most = Math.min(most, rule.value);
  }
  return { least, most };
}

const fitted = (word: string, { least, most }: TextLength): string =>
  word
    .repeat(Math.max(1, Math.ceil(least / word.length)))
    .slice(0, Math.min(most, Math.max(least, word.length)));
