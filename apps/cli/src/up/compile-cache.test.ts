import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCompileCache } from './compile-cache.ts';

test('only the compiled code of the build at hand is kept', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'headwater-compile-'));
  onTestFinished(() => {
    rmSync(home, { recursive: true, force: true });
  });
  const dist = path.join(home, 'dist');
  mkdirSync(dist);
  const openFor = (build: string): string => {
    writeFileSync(path.join(dist, '.made-from'), build);
    return openCompileCache(home, dist);
  };
  const first = openFor('a'.repeat(64));
  writeFileSync(path.join(first, 'module'), 'code');
  expect(openFor('a'.repeat(64))).toBe(first);
  expect(readdirSync(first)).toEqual(['module']);
  openFor('b'.repeat(64));
  expect(readdirSync(path.dirname(first))).toEqual(['b'.repeat(16)]);
});
