import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const FOLDERS: Readonly<Record<string, string>> = {
  'delta/': 'libs/core/delta/src/',
  'parquet/': 'libs/adapters/parquet/src/',
};

it('every invariant of docs/specs/delta-commit.md names tests that exist and quote its number', () => {
  const rows = readFileSync('docs/specs/delta-commit.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| D\d+ \|/.test(line));
  expect(rows).toHaveLength(21);
  for (const row of rows) {
    const [, number = '', , files = '', names = ''] = row.split('|').map((cell) => cell.trim());
    const paths = [...files.matchAll(/`([^`]+)`/g)].map(([, path = '']) =>
      path.replace(/^(delta|parquet)\//, (folder) => FOLDERS[folder] ?? folder),
    );
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
    const text = paths.map((path) => readFileSync(path, 'utf8')).join('\n');
    for (const name of names.split('; '))
      expect([number, name, text.includes(name)]).toEqual([number, name, true]);
    expect([number, text.includes(`[${number}]`)]).toEqual([number, true]);
  }
});
