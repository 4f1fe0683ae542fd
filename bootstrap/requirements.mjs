import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { Problem } from './problem.mjs';

const nodeMajorMin = 20;
const npmMajorMin = 10;
const javaMajorMin = 21;
const isMac = process.platform === 'darwin';
const compose = 'or run `docker compose up -d` and set the variables its header lists';

/** Fails with one sentence when this machine lacks what the command needs. */
export function requireTools({ needsStack }) {
  for (const { found, isEnough, fix, problem } of examineTools({ needsStack })) {
    if (!isEnough) throw new Problem(`${problem}, ${found}.`, fix);
  }
}

/** Prints every requirement with its state; true when all are met. */
export function reportRequirements() {
  const tools = examineTools({ needsStack: true });
  for (const { name, found, isEnough, fix } of tools) {
    process.stdout.write(
      `${isEnough ? 'ok     ' : 'missing'} ${name}: ${found}${isEnough ? '' : `\n        Fix: ${fix}`}\n`,
    );
  }
  return tools.every(({ isEnough }) => isEnough);
}

function examineTools({ needsStack }) {
  const isConfigured = process.env.KAFKA_BOOTSTRAP_SERVERS && process.env.SCHEMA_REGISTRY_URL;
  return [
    examineSystem(),
    examineNode(),
    examineNpm(),
    ...(needsStack && !isConfigured ? [examineJava(), examineMaven()] : []),
  ];
}

function examineSystem() {
  return {
    name: 'System',
    found: `this is ${process.platform}-${process.arch}`,
    isEnough: ['linux', 'darwin'].includes(process.platform) && ['x64', 'arm64'].includes(process.arch),
    problem: 'Headwater runs on Linux and macOS, x64 and arm64',
    fix: 'On Windows use WSL 2.',
  };
}

function examineNode() {
  return {
    name: 'Node',
    found: `found ${process.versions.node}`,
    isEnough: Number.parseInt(process.versions.node, 10) >= nodeMajorMin,
    problem: `Node ${nodeMajorMin} or newer is needed to start`,
    fix: 'Install a current Node from nodejs.org or with your package manager; Headwater brings the version it runs on itself.',
  };
}

function examineNpm() {
  const caller = /^npm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '')?.[1];
  const version = caller ?? firstLine('npm', ['--version']);
  return {
    name: 'npm',
    found: version === undefined ? 'none was found' : `found ${version}`,
    isEnough: Number.parseInt(version ?? '0', 10) >= npmMajorMin,
    problem: `npm ${npmMajorMin} or newer is needed`,
    fix: 'Install npm (it comes with Node) or update it: npm install --global npm@11',
  };
}

function examineJava() {
  const newest = Math.max(0, ...javaHomes().map(javaMajor));
  const canFetch =
    newest < javaMajorMin &&
    spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;
  return {
    name: 'Java',
    found:
      newest === 0
        ? 'none was found'
        : `the newest found is ${newest}${canFetch ? '; a runtime will be fetched with pip' : ''}`,
    isEnough: newest >= javaMajorMin || canFetch,
    problem: `The broker and the schema registry need Java ${javaMajorMin} or newer`,
    fix: `Install a JDK (${isMac ? 'brew install openjdk@21' : 'Debian 13, Ubuntu: apt install openjdk-21-jdk-headless; Fedora: dnf install java-21-openjdk-devel'}) or set JAVA_HOME; ${compose}.`,
  };
}

function examineMaven() {
  const hasMaven = searchPath('mvn').length > 0;
  return {
    name: 'Maven',
    found: hasMaven ? `found ${searchPath('mvn')[0]}` : 'there is no mvn on PATH',
    isEnough: hasMaven,
    problem: 'The broker and the schema registry are fetched with Maven',
    fix: `Install it (${isMac ? 'brew install maven' : 'apt install maven, or dnf install maven'}); ${compose}.`,
  };
}

function firstLine(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split('\n')[0] : undefined;
}

const searchPath = (name) =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .filter((file) => existsSync(file));

function javaHomes() {
  const folders = [
    '/usr/lib/jvm',
    '/usr/java',
    '/opt/java',
    '/opt/jdk',
    '/Library/Java/JavaVirtualMachines',
    '/opt/homebrew/opt',
    '/usr/local/opt',
    path.join(process.env.HOME ?? '/', '.sdkman/candidates/java'),
    path.join(process.env.HOME ?? '/', '.jdks'),
  ];
  const installed = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((entry) => path.join(folder, entry)))
    .flatMap((home) => [
      home,
      path.join(home, 'Contents/Home'),
      path.join(home, 'libexec/openjdk.jdk/Contents/Home'),
    ]);
  const onPath = searchPath('java').map((command) => path.dirname(path.dirname(realpathSync(command))));
  return [...(process.env.JAVA_HOME ? [process.env.JAVA_HOME] : []), ...onPath, ...installed].filter((home) =>
    existsSync(path.join(home, 'bin/java')),
  );
}

function javaMajor(home) {
  const release = path.join(home, 'release');
  const text = existsSync(release)
    ? readFileSync(release, 'utf8')
    : (spawnSync(path.join(home, 'bin/java'), ['-version'], { encoding: 'utf8' }).stderr ?? '');
  return Number(/(?:JAVA_VERSION=|version )"(?:1\.)?(\d+)/.exec(text)?.[1] ?? 0);
}
