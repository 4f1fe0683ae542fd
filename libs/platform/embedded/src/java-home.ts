import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { userError } from '@headwater/kernel';

export const javaMajorMin = 21;

export interface Java {
  readonly home: string;
  readonly command: string;
  readonly major: number;
  /** The full version, which keys everything that only this very runtime can read. */
  readonly version: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The newest Java of JAVA_HOME, PATH and the usual folders, whatever its version; `undefined` when there is none. */
export async function findNewestJava(env: Environment, folders = usualFolders()): Promise<Java | undefined> {
  const found = await Promise.all([...candidateHomes(env, folders)].map(readJava));
  return found
    .filter((java) => java !== undefined)
    .reduce<Java | undefined>(
      (best, java) => (best === undefined || java.major > best.major ? java : best),
      undefined,
    );
}

export function missingJava(found: Java | undefined): Error {
  const seen =
    found === undefined ? 'none was found' : `the newest found is ${found.version} in ${found.home}`;
  return userError({
    code: 'HW_STACK_JAVA_MISSING',
    message: `The embedded servers need Java ${javaMajorMin} or newer, and ${seen}.`,
    fix: `Install a JDK (${installCommand()}) or set JAVA_HOME; or run \`docker compose up -d\` and set KAFKA_BOOTSTRAP_SERVERS and SCHEMA_REGISTRY_URL.`,
  });
}

function installCommand(): string {
  return process.platform === 'darwin'
    ? 'brew install openjdk@21'
    : 'Debian 13, Ubuntu: apt install openjdk-21-jdk-headless; Fedora: dnf install java-21-openjdk-devel';
}

function usualFolders(): readonly string[] {
  return [
    '/usr/lib/jvm',
    '/usr/java',
    '/opt/java',
    '/opt/jdk',
    '/Library/Java/JavaVirtualMachines',
    '/opt/homebrew/opt',
    '/usr/local/opt',
    join(homedir(), '.sdkman/candidates/java'),
    join(homedir(), '.jdks'),
  ];
}

function candidateHomes(env: Environment, folders: readonly string[]): Set<string> {
  const homes = new Set<string>();
  const add = (home: string): void => {
    if (existsSync(join(home, 'bin/java'))) homes.add(realpathSync(home));
  };
  if (env['JAVA_HOME']) add(env['JAVA_HOME']);
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const command = join(folder, 'java');
    if (folder !== '' && existsSync(command)) add(dirname(dirname(realpathSync(command))));
  }
  for (const folder of folders) {
    for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
      add(join(folder, entry));
      add(join(folder, entry, 'Contents/Home'));
      add(join(folder, entry, 'libexec/openjdk.jdk/Contents/Home'));
    }
  }
  return homes;
}

/** Reads the version from the `release` file, or asks the program itself when it has none. */
export async function readJava(home: string): Promise<Java | undefined> {
  const command = join(home, 'bin/java');
  const version = releaseVersion(home) ?? (await askVersion(command));
  const major = Number(/^(?:1\.)?(\d+)/.exec(version ?? '')?.[1] ?? Number.NaN);
  return version === undefined || Number.isNaN(major) ? undefined : { home, command, major, version };
}

function releaseVersion(home: string): string | undefined {
  try {
    const release = readFileSync(join(home, 'release'), 'utf8');
    return (
      /^JAVA_RUNTIME_VERSION="([^"]+)"/m.exec(release)?.[1] ?? /^JAVA_VERSION="([^"]+)"/m.exec(release)?.[1]
    );
  } catch {
    return undefined;
  }
}

async function askVersion(command: string): Promise<string | undefined> {
  try {
    const { stderr, stdout } = await promisify(execFile)(command, ['-version'], { timeout: 20_000 });
    return /version "([^"]+)"/.exec(stderr + stdout)?.[1];
  } catch {
    return undefined;
  }
}
