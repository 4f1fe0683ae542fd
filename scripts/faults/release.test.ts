import { build } from 'esbuild';
import path from 'node:path';
import { expect, test } from 'vitest';
import { faultPointNames, plantedBugs } from '@headwater/core-staging';

const root = path.resolve(import.meta.dirname, '../..');

const apps = ['staging-worker', 'retention-worker', 'control-plane'];

/** The bundles of the apps as scripts/build.mjs makes them, in memory. */
async function bundle(variant: 'release' | 'faults' | 'bare'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: apps.map((app) => path.join(root, `apps/${app}/src/main.ts`)),
    bundle: true,
    write: false,
    splitting: true,
    outdir: path.join(root, 'dist/in-memory'),
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    loader: { '.graphql': 'text', '.sql': 'text' },
    define: {
      __HEADWATER_FAULTS__: String(variant === 'faults'),
      __HEADWATER_BARE__: String(variant === 'bare'),
    },
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

/** Names as the bundler prints them: `checkpoint.write` alone begins a property of Delta too. */
const traces = [
  ...[...faultPointNames, ...plantedBugs].map((name) => `"${name}"`),
  'HEADWATER_FAULT',
  'HEADWATER_PLANT',
];

test('a release build holds no fault point, no planted bug and nothing to arm them', async () => {
  const text = await bundle('release');
  expect(traces.filter((trace) => text.includes(trace))).toEqual([]);
});

const bareTrace = 'HEADWATER_BENCH_BARE';

test('only the bare build holds the paths that give up what makes staging safe', async () => {
  expect(await bundle('release')).not.toContain(bareTrace);
  expect(await bundle('faults')).not.toContain(bareTrace);
  expect(await bundle('bare')).toContain(bareTrace);
});

test('the faults build holds every one of them', async () => {
  const text = await bundle('faults');
  expect(traces.filter((trace) => !text.includes(trace))).toEqual([]);
});
