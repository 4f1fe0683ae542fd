import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readEnvironment } from './environment.ts';

test.each([
  [{}, 'en'],
  [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'ko_KR.UTF-8', LC_ALL: 'C.UTF-8' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'ko_KR' }, 'ko'],
  [{ LANG: 'ko_KR.UTF-8', HEADWATER_LANG: 'en' }, 'en'],
] as const)('the language of %o is %s', (variables, language) => {
  expect(readEnvironment(variables).language).toBe(language);
});

test('NO_COLOR counts when it is not blank', () => {
  expect(readEnvironment({ NO_COLOR: '' }).hasColor).toBe(true);
  expect(readEnvironment({ NO_COLOR: '1' }).hasColor).toBe(false);
});

test('state lies beside package.json and downloads in the user’s cache folder unless told otherwise', () => {
  const { root, home, cacheDir } = readEnvironment({ HOME: '/home/me' });
  expect(existsSync(path.join(root, 'package-lock.json'))).toBe(true);
  expect(home).toBe(path.join(root, '.headwater'));
  expect(cacheDir).toBe('/home/me/.cache/headwater');
  const told = readEnvironment({ HEADWATER_HOME: '/srv/hw', HEADWATER_CACHE_DIR: '/srv/cache' });
  expect([told.home, told.cacheDir]).toEqual(['/srv/hw', '/srv/cache']);
});

test('a wrong variable is named with its fix', () => {
  expect(() => readEnvironment({ HEADWATER_URL: 'localhost:7070', HEADWATER_LANG: 'fr' })).toThrow(
    /HEADWATER_URL must start with http:\/\/ or https:\/\/[\s\S]*HEADWATER_LANG must be one of en, ko/,
  );
});
