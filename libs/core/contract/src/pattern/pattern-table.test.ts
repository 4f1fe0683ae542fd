import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeUtf8 } from '../judge/text.ts';
import { compilePattern } from './linear-pattern.ts';
import { compilePatternTable, type CompiledPattern } from './pattern-table.ts';

/** Walks the table by code points, as its description says. */
function walks(table: CompiledPattern, text: string): boolean {
  let state = 0;
  for (const letter of text) {
    if (table.endings[state] === 1) return true;
    const range = table.bounds.findLastIndex((bound) => bound <= letter.codePointAt(0)!);
    state = table.steps[state * table.classCount + table.boundClasses[range]!]!;
  }
  return table.endings[state] !== 0;
}

const patterns = [
  '^(impression|click|conversion)$',
  '^[A-Z]{2}$',
  'a.c',
  '',
  '^$',
  '[^a-c]+$',
  '한|é',
  '^(a|b){1,3}c?$',
  '\\d{4}-\\d\\d',
  '\\p{L}+\\s',
];

test('[C8] a table matches what the pattern it was made of matches', () => {
  const letters = fc.constantFrom('a', 'b', 'c', 'Z', 'A', '1', '-', ' ', 'é', '한', '😀', '\n');
  for (const source of patterns) {
    const [table, pattern] = [compilePatternTable(source), compilePattern(source)];
    if (!table.ok || !pattern.ok) throw new Error(`${source} does not compile`);
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 12 }), (text) => {
        const bytes = encodeUtf8(text.join(''));
        expect(walks(table.value, text.join(''))).toBe(pattern.value.matches(bytes, 0, bytes.length));
      }),
    );
    for (const text of ['click', 'FR', '2026-11', 'abc'])
      expect(walks(table.value, text)).toBe(pattern.value.matches(encodeUtf8(text), 0, text.length));
  }
});

test('a pattern of very many states has no table', () => {
  expect(compilePatternTable('a[ab]{14}c')).toMatchObject({ ok: false });
});
