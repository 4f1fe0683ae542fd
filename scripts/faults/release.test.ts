import { build } from 'esbuild';
import path from 'node:path';
import { expect, test } from 'vitest';
import { faultPointNames, plantedBugs } from '@headwater/core-staging';

const root = path.resolve(import.meta.dirname, '../..');

/** The worker's bundle as scripts/build.mjs makes it, in memory. */
async function bundle(variant: 'release' | 'faults'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, 'apps/staging-worker/src/main.ts')],
    bundle: true,
    write: false,
    splitting: true,
    outdir: path.join(root, 'dist/in-memory'),
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    define: { __HEADWATER_FAULTS__: String(variant === 'faults') },
    plugins: [
      {
        name: 'npm-packages-stay-outside',
        setup(b) {
          b.onResolve({ filter: /^[^./]/ }, ({ path: name, kind }) =>
            kind === 'entry-point' || name.startsWith('@headwater/')
              ? undefined
              : { path: name, external: true },
          );
        },
      },
    ],
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}

const traces = [...faultPointNames, ...plantedBugs, 'HEADWATER_FAULT', 'HEADWATER_PLANT'];

test('a release build of the worker holds no fault point, no planted bug and nothing to arm them', async () => {
  const text = await bundle('release');
  expect(traces.filter((trace) => text.includes(trace))).toEqual([]);
});

test('the faults build holds every one of them', async () => {
  const text = await bundle('faults');
  expect(traces.filter((trace) => !text.includes(trace))).toEqual([]);
});
