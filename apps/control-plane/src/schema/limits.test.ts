import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { judgeDocument, limits } from './limits.ts';

const problemsOf = (query: string) => judgeDocument(parse(query));

test('an ordinary document is within the limits', () => {
  expect(
    problemsOf('{ domains(first: 100) { nodes { name dataProducts(first: 10) { nodes { name } } } } }'),
  ).toEqual([]);
});

test('lists multiply: the cost is what the answer can hold, not what the text says', () => {
  const [problem] = problemsOf('{ a(first: 100) { b(first: 100) { c { d } } } }');
  expect(problem).toContain('cost');
});

test('a page size in a variable counts as the largest page', () => {
  expect(problemsOf('query ($n: Int) { a(first: $n) { b(last: $n) { c { d } } } }')[0]).toContain('cost');
});

test('fragments count where they are used', () => {
  const inner = Array.from({ length: limits.aliases }, (_unused, index) => `x${index}: name`).join(' ');
  expect(problemsOf(`{ viewer { ...F } } fragment F on Viewer { ${inner} }`)).toEqual([]);
  expect(problemsOf(`{ a: viewer { ...F } } fragment F on Viewer { ${inner} }`)[0]).toContain('aliases');
});

test('a fragment inside itself ends, and so does a bomb of fragments', () => {
  expect(problemsOf('{ a { ...F } } fragment F on A { b { ...F } }')).toEqual([]);
  const bomb = Array.from(
    { length: 12 },
    (_unused, n) => `fragment F${n} on A { a { ...F${n + 1} } b { ...F${n + 1} } }`,
  );
  expect(problemsOf(`{ ...F0 } ${bomb.join(' ')} fragment F12 on A { c d e f g h }`)[0]).toContain('cost');
});

test('introspection is not counted; whether it is allowed is decided elsewhere', () => {
  expect(
    problemsOf('{ __schema { types { fields { type { ofType { ofType { ofType { name } } } } } } } }'),
  ).toEqual([]);
});
