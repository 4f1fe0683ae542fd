import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../judge/text.ts';
import { compilePattern } from './linear-pattern.ts';

function matches(source: string, text: string): boolean {
  const pattern = compilePattern(source);
  if (!pattern.ok) throw new Error(`${source}: ${pattern.error}`);
  const bytes = encodeUtf8(`<<${text}>>`);
  return pattern.value.matches(bytes, 2, bytes.length - 2);
}

/** Patterns of every supported construct over a small alphabet, so that they often match. */
const atom = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '1',
    '_',
    'é',
    '한',
    '😀',
    '.',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\.',
    '-',
  ),
  fc.constantFrom(
    '[ab1]',
    '[^a]',
    '[a-c\\d]',
    '[^\\s한-힣]',
    '[\\w-]',
    '\\u00e9',
    '\\u{1f600}',
    '\\x61',
    '\\p{L}',
  ),
);
const pattern = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{0,2}', '{1,}'))
      .map(([a, q]) => `(${a})${q}`),
    tie('node').map((a) => `^${a}`),
    tie('node').map((a) => `${a}$`),
  ),
})).node;
const text = fc.array(fc.constantFrom('a', 'b', 'c', '1', '_', 'é', '한', '😀', ' ', '\n', '.', '-'), {
  maxLength: 8,
});

describe('[C8] patterns are matched in linear time with the meaning of ECMA-262', () => {
  test('every supported pattern agrees with RegExp on every text', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
        const expected = new RegExp(source, 'u');
        for (const points of texts) {
          expect(matches(source, points.join('')), source).toBe(expected.test(points.join('')));
        }
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  test.each<[string, string, boolean]>([
    ['ACC[0-9]{8}', 'xACC12345678', true],
    ['^ACC[0-9]{8}$', 'xACC12345678', false],
    ['^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$', 'a.b+c@d-e.co.kr', true],
    ['^[\\w-.]+$', 'a-b.c', true],
    ['^a{2', 'a{2', true],
    ['^.$', '😀', true],
    ['^$', '', true],
    ['', 'anything', true],
    ['[^]', '\n', true],
    ['^[가-힣]{2,4}$', '홍길동', true],
    ['(?<year>\\d{4})-\\d\\d', '2026-11', true],
    ['^\\p{Script=Hangul}+$', '한글', true],
    ['[]', 'a', false],
  ])('%s on %j is %s', (source, value, expected) => {
    expect(matches(source, value)).toBe(expected);
  });

  test.each([
    ['(?=a)', /linear time/],
    ['(?<!a)b', /linear time/],
    ['(a)\\1', /backreferences/],
    ['(?<x>a)\\k<x>', /backreferences/],
    ['\\bword', /\\b is not supported/],
    ['((a{100}){100}){100}', /multiply/],
    ['(a', /./],
    ['a'.repeat(3000), /longer/],
  ])('%s is refused and says why', (source, message) => {
    const compiled = compilePattern(source);
    expect(compiled.ok ? 'taken' : compiled.error).toMatch(message);
  });

  test('patterns that make backtracking explode read each byte of a long text once', () => {
    const long = 'a'.repeat(1_000_000);
    for (const source of ['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){12}$', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
      matches(source, `${long}!`);
    }
    expect(matches('^(a+)+$', `${long}!`)).toBe(false);
  });

  test('a pattern with more states than are kept stays right', () => {
    const source = '[ab]*a[ab]{12}$';
    const expected = new RegExp(source, 'u');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 20, maxLength: 2_000 }),
        (value) => {
          expect(matches(source, value)).toBe(expected.test(value));
        },
      ),
      { numRuns: 20 },
    );
  });
});
