import { HeadwaterError } from '@headwater/kernel';
import { artifactBytes, artifactNames, judgeArtifact } from './artifact-cache.ts';
import type { ArtifactName } from './artifact-cache.ts';
import { checkConfigured, checkLake, isConfigured, publicAddress } from './configured-part.ts';
import { freeBytes, megabytes } from './disk-space.ts';
import { partNames } from './events.ts';
import type { PartName } from './events.ts';
import { isPortFree } from './free-port.ts';
import { findNewestJava, javaMajorMin } from './java-home.ts';
import { configuredBy } from './part-start.ts';
import { findRedisServer } from './parts/redis.ts';
import { isRunning } from './process-identity.ts';
import { readStackFile } from './stack-file.ts';
import { versionOfTool } from './tool-version.ts';

/** One thing this machine or its configuration must have. */
export interface Finding {
  /** Stable, for translation: `java`, `variable.DATABASE_URL`, `cache.kafka`, ... */
  readonly id: string;
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'wrong';
  /** What was found, in a few words. No passwords. */
  readonly found: string;
  /** What to do; present unless the state is `ok`. */
  readonly fix?: string;
  /** True when only some commands need it, so that its absence is no failure. */
  readonly isOptional: boolean;
}

export interface ExamineOptions {
  readonly home: string;
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ports the apps are configured to listen on, by the name of their variable. */
  readonly ports?: Readonly<Record<string, number>>;
}

const diskBytesMin = 1_000_000_000;

/** Looks at everything Headwater depends on and changes nothing. Never throws for what it looks at. */
export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  const groups = await Promise.all([
    examineTools(options),
    examineJava(options),
    examineDisk(options),
    ...artifactNames.map((name) => examineCache(name, options)),
    ...partNames.map((part) => examinePart(part, options)),
    examineLake(options),
    examinePorts(options),
    examinePython(options),
  ]);
  return groups.flat();
}

const finding = (id: string, name: string, found: string): Finding => ({
  id,
  name,
  state: 'ok',
  found,
  isOptional: false,
});

async function examineTools({ env }: ExamineOptions): Promise<Finding[]> {
  const [npm, maven] = await Promise.all([
    versionOfTool('npm', ['--version'], env),
    versionOfTool('mvn', ['-v'], env),
  ]);
  const isMavenNeeded = !isConfigured('kafka', env) || !isConfigured('registry', env);
  return [
    judgeVersion({
      id: 'node',
      name: 'Node',
      version: process.versions.node,
      min: [24, 0],
      fix: 'Run through `npm start` or `npx headwater`, which use the Node 24 that npm installed.',
    }),
    judgeVersion({
      id: 'npm',
      name: 'npm',
      version: npm,
      min: [10, 0],
      fix: 'Install npm 10 or newer: npm install --global npm@11',
    }),
    {
      ...judgeVersion({
        id: 'maven',
        name: 'Maven',
        version: maven,
        min: [3, 8],
        fix: 'Install Maven 3.8 or newer (apt install maven, dnf install maven, brew install maven), or run `docker compose up -d` and set the variables.',
      }),
      isOptional: !isMavenNeeded,
    },
  ];
}

interface VersionRule {
  readonly id: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly min: readonly [major: number, minor: number];
  readonly fix: string;
}

/** Judges a version such as `3.8.7` against the lowest that works. */
export function judgeVersion({ id, name, version, min, fix }: VersionRule): Finding {
  if (version === undefined) return { ...finding(id, name, 'not found'), state: 'missing', fix };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > min[0] || (major === min[0] && minor >= min[1]);
  return isEnough
    ? finding(id, name, version)
    : {
        ...finding(id, name, `${version}, and ${min.join('.')} is the lowest that works`),
        state: 'wrong',
        fix,
      };
}

async function examineJava({ env }: ExamineOptions): Promise<Finding[]> {
  const java = await findNewestJava(env);
  const isOptional = isConfigured('kafka', env) && isConfigured('registry', env);
  const rule = { id: 'java', name: 'Java', version: java?.version, min: [javaMajorMin, 0] as const };
  const fix = `Install a JDK ${javaMajorMin} or newer or set JAVA_HOME to one; with pip a runtime is fetched instead.`;
  const judged = judgeVersion({ ...rule, fix });
  return [
    { ...judged, isOptional, found: java === undefined ? judged.found : `${judged.found} (${java.home})` },
  ];
}

async function examineDisk({ home, cacheDir }: ExamineOptions): Promise<Finding[]> {
  const folders = [
    ['disk.state', 'Disk for data', home],
    ['disk.cache', 'Disk for downloads', cacheDir],
  ] as const;
  return Promise.all(
    folders.map(async ([id, name, folder]): Promise<Finding> => {
      const free = await freeBytes(folder);
      const ok = finding(id, name, `${megabytes(free)} free in ${folder}`);
      return free >= diskBytesMin
        ? ok
        : { ...ok, state: 'missing', fix: `Free some space: ${megabytes(diskBytesMin)} are needed.` };
    }),
  );
}

async function examineCache(name: ArtifactName, { cacheDir, env }: ExamineOptions): Promise<Finding[]> {
  if (isConfigured(name, env)) return [];
  const id = `cache.${name}`;
  const label = `Fetched ${name}`;
  switch (await judgeArtifact(cacheDir, name, 'content')) {
    case 'complete':
      return [finding(id, label, 'complete, every checksum verified')];
    case 'absent':
      return name === 'redis' && (await findRedisServer(env)) !== undefined
        ? [finding(id, label, 'not needed: redis-server is on PATH')]
        : [finding(id, label, `not yet; the next start fetches ${megabytes(artifactBytes(name))}`)];
    case 'broken':
      return [
        {
          ...finding(id, label, 'files differ from their checksums'),
          state: 'wrong',
          fix: 'Start once with `npm start`: what differs is fetched again.',
        },
      ];
  }
}

async function examinePart(part: PartName, { env }: ExamineOptions): Promise<Finding[]> {
  const variable = configuredBy[part];
  const id = `variable.${variable}`;
  if (!isConfigured(part, env)) return [finding(id, variable, `not set: embedded ${part}`)];
  return [await judgeReach(id, variable, () => checkConfigured(part, env))];
}

async function examineLake({ env }: ExamineOptions): Promise<Finding[]> {
  const value = env['LAKE_URL']?.trim();
  if (!value) return [finding('variable.LAKE_URL', 'LAKE_URL', 'not set: lake folder of the local stack')];
  const check = async () => publicAddress(await checkLake(value));
  return [await judgeReach('variable.LAKE_URL', 'LAKE_URL', check)];
}

async function judgeReach(id: string, name: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return finding(id, name, `${await check()} answers`);
  } catch (error) {
    const fix = error instanceof HeadwaterError ? error.fix : undefined;
    const found = error instanceof Error ? error.message : String(error);
    return { ...finding(id, name, found), state: 'wrong', fix: fix ?? `Correct ${name}.` };
  }
}

async function examinePorts({ home, ports }: ExamineOptions): Promise<Finding[]> {
  const { supervisor } = readStackFile(home);
  if (supervisor !== undefined && isRunning(supervisor)) {
    return [finding('ports', 'Ports', `Headwater is running (process ${supervisor.pid})`)];
  }
  return Promise.all(
    Object.entries(ports ?? {}).map(async ([variable, port]): Promise<Finding> => {
      const ok = finding(`port.${variable}`, variable, `port ${port} is free`);
      return (await isPortFree(port))
        ? ok
        : {
            ...ok,
            state: 'wrong',
            found: `port ${port} is taken by another program`,
            fix: `End that program, or unset ${variable} so that a free port is chosen.`,
          };
    }),
  );
}

async function examinePython({ env }: ExamineOptions): Promise<Finding[]> {
  const fix =
    'Install Python 3.9 or newer with pip; only `npm run interop` and the tests against delta-rs need it.';
  const [python, pip] = await Promise.all([
    versionOfTool('python3', ['--version'], env),
    versionOfTool('python3', ['-m', 'pip', '--version'], env),
  ]);
  return [
    {
      ...judgeVersion({ id: 'python', name: 'Python', version: python, min: [3, 9], fix }),
      isOptional: true,
    },
    { ...judgeVersion({ id: 'pip', name: 'pip', version: pip, min: [20, 0], fix }), isOptional: true },
  ];
}
