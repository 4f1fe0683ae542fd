import { encodeUtf8 } from '../judge/text.ts';
import { compilePattern } from '../pattern/linear-pattern.ts';

/** The pattern as the judge understands it, for whole texts. Throws when it cannot be compiled. */
export function matchesPattern(pattern: string): (text: string) => boolean {
  const compiled = compilePattern(pattern);
  if (!compiled.ok) throw new Error(`the pattern cannot be used: ${compiled.error}`);
  return (text) => {
    const bytes = encodeUtf8(text);
    return compiled.value.matches(bytes, 0, bytes.length);
  };
}
