const patternLengthMax = 300;
const nameLengthMax = 300;
const unboundedMax = 3;

/**
 * Whether a name begins with what a pattern describes. A pattern whose search could take long (a repeated group, a back
 * reference, many open repetitions) is not run and matches nothing.
 */
export function startsLikePattern(name: string, pattern: string): boolean {
  if (name.length > nameLengthMax || !isQuick(pattern)) return false;
  try {
    return new RegExp(pattern, 'uy').test(name);
  } catch {
    return false;
  }
}

function isQuick(pattern: string): boolean {
  if (pattern.length > patternLengthMax || /\)[*+?{]|\\[1-9k]/.test(pattern)) return false;
  return (pattern.match(/[*+]|\{\d*,\}/g) ?? []).length <= unboundedMax;
}
