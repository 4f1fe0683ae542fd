import { expect, test } from 'vitest';
import { shortestMatch } from './shortest-match.ts';

const ANY = { least: 0, most: Infinity };

test.each([
  ['^[A-Z]{3}-[0-9]{2,4}$', 'AAA-00'],
  ['^(impression|click)$', 'click'],
  ['^[^@ ]+@[^@ ]+\\.[a-z]{2,}$', 'a@a.aa'],
  ['^([01][0-9]|2[0-3]):[0-5][0-9]$', '00:00'],
  ['^\\p{Script=Hangul}{2}$', 'ᄀᄀ'],
  ['^[0-9a-f]{8}-[0-9a-f]{4}$', 'aaaaaaaa-aaaa'],
  ['b', 'b'],
  ['^$', ''],
])('%s is matched by %j', (pattern, text) => {
  expect(shortestMatch([pattern], ANY)).toBe(text);
});

test('every pattern is matched by the one text', () => {
  expect(shortestMatch(['^[a-m]+$', '[k-z]$', '^.{3}$'], ANY)).toBe('aak');
});

test('the length is kept', () => {
  expect(shortestMatch(['^(ab)+$'], { least: 5, most: 9 })).toBe('ababab');
  expect(shortestMatch(['^(ab)+$'], { least: 7, most: 7 })).toBeUndefined();
});

test.each([[['^a$', '^b$']], [['[^\\s\\S]']], [['^\\u0001$']]])('%j has no text', (patterns) => {
  expect(shortestMatch(patterns, { least: 0, most: 50 })).toBeUndefined();
});
