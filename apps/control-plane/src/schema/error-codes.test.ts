import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../../../..');
const documented = [
  ...readFileSync(path.join(root, 'docs/errors.md'), 'utf8').matchAll(/HW_[A-Z0-9_]+\*?/g),
].map(([code]) => code);

const isDocumented = (code: string): boolean =>
  documented.some((known) => (known.endsWith('*') ? code.startsWith(known.slice(0, -1)) : known === code));

test('every code a client can meet is explained in docs/errors.md', () => {
  const codes = ['apps/control-plane/src', 'libs/core/mesh/src', 'libs/adapters/schema-registry/src'].flatMap(
    (folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.includes('.test.'))
        .flatMap((file) => [
          ...readFileSync(path.join(root, folder, file), 'utf8').matchAll(/code: '(HW_[A-Z0-9_]+)'/g),
        ])
        .map(([, code = '']) => code),
  );
  expect(codes.length).toBeGreaterThan(40);
  expect([...new Set(codes)].filter((code) => !isDocumented(code)).sort()).toEqual([]);
});
