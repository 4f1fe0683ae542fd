import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The other engines, pinned. */
const PACKAGES = ['deltalake==1.6.6', 'pyarrow==26.0.1', 'duckdb==1.5.6'];

export type Python =
  { readonly kind: 'ready'; readonly command: string } | { readonly kind: 'missing'; readonly why: string };

/** A Python with the other engines in it, installed into the cache folder on first use. */
export function preparePython(cacheDir: string): Python {
  const folder = join(cacheDir, 'interop', PACKAGES.join('+').replaceAll('==', '-'));
  const command = join(folder, 'bin', 'python');
  if (existsSync(command)) return { kind: 'ready', command };
  const system = ['python3', 'python'].find((name) => spawnSync(name, ['-c', 'import venv']).status === 0);
  if (system === undefined)
    return { kind: 'missing', why: 'there is no python3 with the venv module on PATH' };
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(join(cacheDir, 'interop'), { recursive: true });
  process.stderr.write(`installing ${PACKAGES.join(', ')} into ${folder}\n`);
  const steps: readonly (readonly [string, ...string[]])[] = [
    [system, '-m', 'venv', unfinished],
    [
      join(unfinished, 'bin', 'python'),
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...PACKAGES,
    ],
  ];
  for (const [program, ...arguments_] of steps) {
    const step = spawnSync(program, arguments_, { encoding: 'utf8' });
    if (step.status !== 0) {
      return {
        kind: 'missing',
        why: `"${[program, ...arguments_].join(' ')}" failed: ${lastLine(step.stderr)}`,
      };
    }
  }
  renameSync(unfinished, folder);
  return { kind: 'ready', command };
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
