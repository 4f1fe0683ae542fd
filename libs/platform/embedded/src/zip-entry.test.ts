import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readZipEntry } from './zip-entry.ts';

const archive = readFileSync(join(import.meta.dirname, 'golden/two-entries.zip'));

test('a stored and a deflated entry are read to the byte', () => {
  expect(readZipEntry(archive, 'stored.txt')?.toString()).toBe('stored\n');
  expect(readZipEntry(archive, 'folder/deflated.txt')?.toString()).toBe('deflated\n'.repeat(100));
});

test('an entry that is not there, and bytes that are no archive, give nothing', () => {
  expect(readZipEntry(archive, 'missing')).toBeUndefined();
  expect(readZipEntry(Buffer.from('no archive'), 'stored.txt')).toBeUndefined();
});
