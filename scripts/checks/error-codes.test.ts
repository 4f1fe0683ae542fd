import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const guide = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');
/** Codes that differ in the server only stand in the guide once, with its name left out. */
const servers = /^HW_(DATABASE|REDIS|KAFKA|REGISTRY)_/;
const named = new Set(guide.match(/HW_[A-Z0-9_]+(?!\*|[A-Z0-9_])/g));
const families = [...(guide.match(/HW_[A-Z0-9_]+(?=\*)/g) ?? [])];

const sources = globSync('{apps,libs}/**/*.ts', {
  cwd: root,
  exclude: (name) =>
    /^(node_modules|generated|testkit)$|\.(test|test-data|fixture)\.ts$/.test(path.basename(name)),
});
const texts = sources.map((file) => [file, readFileSync(path.join(root, file), 'utf8')] as const);
const raised = new Map(
  texts.flatMap(([file, text]) =>
    [...text.matchAll(/['`](HW_[A-Z0-9_]+)['`]/g)].map(([, code]) => [code!, file] as const),
  ),
);

const isNamed = (code: string): boolean =>
  named.has(code) || servers.test(code) || families.some((family) => code.startsWith(family));

test('every error code stands in the guide to them', () => {
  expect(raised.size).toBeGreaterThan(200);
  expect([...raised].filter(([code]) => !isNamed(code))).toEqual([]);
});

test('the guide names no code that nothing raises', () => {
  expect([...named].filter((code) => !raised.has(code) && !servers.test(code))).toEqual([]);
  expect(families.filter((family) => !texts.some(([, text]) => text.includes(family)))).toEqual([]);
});
