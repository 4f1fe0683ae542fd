import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findNewestJava, missingJava } from './java-home.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-java-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function addJava(name: string, release: string): string {
  const home = join(folder, name);
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin/java'), '#!/bin/sh\necho \'openjdk version "11.0.2"\' >&2\n', {
    mode: 0o755,
  });
  if (release !== '') writeFileSync(join(home, 'release'), release);
  return home;
}

test('the newest Java wins over the one of JAVA_HOME', async () => {
  const old = addJava('jdk-17', 'JAVA_VERSION="17.0.15"\n');
  addJava('jdk-21', 'JAVA_VERSION="21.0.1"\nJAVA_RUNTIME_VERSION="21.0.1+12-LTS"\n');
  expect(await findNewestJava({ JAVA_HOME: old }, [folder])).toMatchObject({
    major: 21,
    version: '21.0.1+12-LTS',
  });
});

test('Java 8 counts as 8, and a Java without a release file is asked', async () => {
  const eight = addJava('jdk-8', 'JAVA_VERSION="1.8.0_402"\n');
  expect(await findNewestJava({ JAVA_HOME: eight }, [])).toMatchObject({ major: 8 });
  const silent = addJava('jdk-11', '');
  expect(await findNewestJava({ JAVA_HOME: silent }, [])).toMatchObject({ major: 11 });
});

test('no Java is one sentence with the command that installs it and the alternative', async () => {
  expect(missingJava(await findNewestJava({}, []))).toMatchObject({
    code: 'HW_STACK_JAVA_MISSING',
    message: 'The embedded servers need Java 21 or newer, and none was found.',
    fix: expect.stringMatching(/Install a JDK .*JAVA_HOME.*docker compose/),
  });
});

test('a Java that is too old is named with its place', async () => {
  const old = addJava('jdk-17', 'JAVA_VERSION="17.0.15"\n');
  expect(missingJava(await findNewestJava({ JAVA_HOME: old }, [])).message).toContain(`17.0.15 in ${old}`);
});
