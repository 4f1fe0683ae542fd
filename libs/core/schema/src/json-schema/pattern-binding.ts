/** Constructs that look beyond the place of the match: with them an empty match may depend on what stands around it. */
const looksAround = /\$|\\[bB]|\(\?[=!<]/;
const patternLengthMax = 1_000;

/**
 * Whether a pattern admits every text: it can match nothing at all at the beginning, as `a*` and `^a*` do. Patterns search
 * anywhere in a text, so such a pattern binds nothing. Only the empty text is ever tried.
 */
export function bindsNothing(pattern: string): boolean {
  if (pattern.length > patternLengthMax || looksAround.test(pattern)) return false;
  try {
    return new RegExp(pattern, 'u').test('');
  } catch {
    return false;
  }
}
