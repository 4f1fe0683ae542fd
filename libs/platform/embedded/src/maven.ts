import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { operationalError, userError } from '@headwater/kernel';

const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const runDeadlineMs = 20 * 60_000;
const outputCharactersMax = 200_000;

export interface MavenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Java that runs Maven. */
  readonly javaHome: string;
  /** Where Maven keeps what it fetched; its own default when absent. */
  readonly localRepository?: string;
  /** Bytes fetched so far by this run. */
  readonly onBytes?: (bytes: number) => void;
}

/** Copies the dependencies, with everything they need at run time, into `folder`. */
export async function copyDependencies(
  coordinates: readonly string[],
  folder: string,
  options: MavenOptions,
): Promise<void> {
  const pom = join(folder, 'pom.xml');
  await writeFile(pom, pomWith(coordinates));
  const goal = [`${dependencyPlugin}:copy-dependencies`, '-DincludeScope=runtime'];
  await runMaven(['-f', pom, ...goal, `-DoutputDirectory=${folder}`], folder, options);
}

/** Copies one artifact `group:name:version[:packaging[:classifier]]` into `folder`. */
export async function copyArtifact(artifact: string, folder: string, options: MavenOptions): Promise<void> {
  await runMaven(
    [`${dependencyPlugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`],
    folder,
    options,
  );
}

function pomWith(coordinates: readonly string[]): string {
  const dependencies = coordinates.map((coordinate) => {
    const [group, name, version] = coordinate.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>headwater</groupId><artifactId>local-stack</artifactId><version>1</version><packaging>pom</packaging><dependencies>${dependencies.join('')}</dependencies></project>`;
}

async function runMaven(args: readonly string[], cwd: string, options: MavenOptions): Promise<void> {
  const repository =
    options.localRepository === undefined ? [] : [`-Dmaven.repo.local=${options.localRepository}`];
  const child = spawn('mvn', ['-B', ...repository, ...args], {
    cwd,
    env: { ...options.env, JAVA_HOME: options.javaHome },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: runDeadlineMs,
  });
  let output = '';
  let bytes = 0;
  let openLine = '';
  const read = (text: string): void => {
    output = (output + text).slice(-outputCharactersMax);
    const lines = (openLine + text).split('\n');
    openLine = lines.pop() ?? '';
    const before = bytes;
    for (const line of lines) bytes += downloadedBytes(line);
    if (bytes > before) options.onBytes?.(bytes);
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'ENOENT' ? missingMaven() : cause),
    );
  });
  if (code !== 0) throw judgeMavenFailure(output);
}

/** Bytes of an artifact named by one line of Maven's progress, 0 for any other line. */
export function downloadedBytes(line: string): number {
  const match = /Downloaded from .*\.(?:jar|gz) \(([\d.]+) (k?M?G?B)/.exec(line);
  const unit = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }[match?.[2] ?? ''] ?? 0;
  return match === null ? 0 : Math.round(Number(match[1]) * unit);
}

export function missingMaven(): Error {
  return userError({
    code: 'HW_STACK_MAVEN_MISSING',
    message: 'The embedded servers are fetched with Maven, and there is no `mvn` on PATH.',
    fix: `Install it (${process.platform === 'darwin' ? 'brew install maven' : 'apt install maven, or dnf install maven'}), or run \`docker compose up -d\` and set the variables its header lists.`,
  });
}

const networkSigns =
  /UnknownHost|Network is unreachable|timed out|refused|Temporary failure in name resolution|Could not transfer|offline mode|resolution.*not be reattempted|Name or service not known|No route to host/i;

/** Says in one sentence why Maven failed and what to do, from what it printed. */
export function judgeMavenFailure(output: string): Error {
  const line = (
    output.split('\n').find((candidate) => candidate.startsWith('[ERROR]')) ??
    output.trimEnd().split('\n').at(-1) ??
    ''
  )
    .replace('[ERROR] ', '')
    .replace(/https?:\/\/\S+/g, 'the repository')
    .slice(0, 300);
  if (/No space left on device/i.test(output)) {
    return operationalError({
      code: 'HW_STACK_DISK_FULL',
      message: `The disk became full while Maven fetched the local stack: ${line}`,
      fix: 'Free some space and run the same command again; what is complete is kept.',
      canRetry: true,
    });
  }
  if (networkSigns.test(output)) {
    return operationalError({
      code: 'HW_STACK_NETWORK_UNREACHABLE',
      message: `Maven could not reach its repository: ${line}`,
      fix: 'Check the network, or the proxy and mirror in ~/.m2/settings.xml, and run the same command again: what is complete is kept. `docker compose up -d` is the alternative.',
      canRetry: true,
    });
  }
  return operationalError({
    code: 'HW_STACK_MAVEN_FAILED',
    message: `Maven failed: ${line}`,
    fix: 'Run `mvn -v`; Maven 3.8 or newer with a working Java is needed. `docker compose up -d` is the alternative.',
  });
}
