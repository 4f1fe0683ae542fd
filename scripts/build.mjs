// Bundles each app into dist/<variant>/<app>.mjs. Packages from npm stay outside; our own packages are inlined.
// usage: node scripts/build.mjs [release|faults|bare]   `faults` keeps the named fault points, `bare` gives up what makes
// staging safe so that a bench can measure its cost, `release` holds neither.
import { build } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const variant = process.argv[2] ?? 'release';
if (!['release', 'faults', 'bare'].includes(variant)) throw new Error(`There is no variant ${variant}.`);
const apps = readdirSync('apps').filter((app) => existsSync(`apps/${app}/src/main.ts`));
const processes = {
  ...Object.fromEntries(apps.map((app) => [app, `apps/${app}/src/main.ts`])),
  embedded: 'libs/platform/embedded/src/index.ts',
};
// By itself, because what it shares with the processes would bring their clients along: it is to load quickly.
const engineThread = { 'staging-engine': 'apps/staging-worker/src/engine/engine-thread.ts' };
/** Has a file for each of some 400 requests: loading them one by one costs more than everything else of a start. */
const inlined = '@platformatic/kafka';
for (const entryPoints of [processes, engineThread]) await bundle(entryPoints);

async function bundle(entryPoints) {
  await build({
    entryPoints,
    outdir: `dist/${variant}`,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    sourcemap: 'linked',
    // A process keeps the map for as long as it lives once a stack was written; names and lines are enough for that.
    sourcesContent: false,
    keepNames: true,
    // Folds `if (__HEADWATER_FAULTS__)` and `if (__HEADWATER_BARE__)` away, names and all.
    minifySyntax: true,
    // What is inlined may call require.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    loader: { '.graphql': 'text', '.sql': 'text' },
    define: {
      __HEADWATER_FAULTS__: String(variant === 'faults'),
      __HEADWATER_BARE__: String(variant === 'bare'),
    },
    plugins: [
      {
        name: 'inline-only-what-is-used',
        setup(b) {
          b.onResolve(
            { filter: /^\.|^@platformatic\/kafka$/ },
            async ({ path: name, pluginData, ...from }) => {
              if (pluginData === 'resolving') return undefined;
              if (name !== inlined && !from.importer.includes(`/node_modules/${inlined}/dist/`))
                return undefined;
              const resolved = await b.resolve(name, { ...from, pluginData: 'resolving' });
              return { path: resolved.path, sideEffects: false };
            },
          );
        },
      },
      {
        name: 'npm-packages-stay-outside',
        setup(b) {
          b.onResolve({ filter: /^[^./]/ }, ({ path: name, kind, resolveDir }) =>
            kind === 'entry-point' ||
            name.startsWith('@headwater/') ||
            name === inlined ||
            isNested(name, resolveDir)
              ? undefined
              : { path: name, external: true },
          );
        },
      },
    ],
    logLevel: 'warning',
  });
}

/**
 * True for a package whose version differs from the one at the root, so that npm put it below one workspace. From dist/
 * only the root's version can be found: the nested one has to be inlined.
 */
function isNested(name, resolveDir) {
  const folder = name.split('/', name.startsWith('@') ? 2 : 1).join('/');
  for (let at = resolveDir; at !== process.cwd() && at !== path.dirname(at); at = path.dirname(at)) {
    if (existsSync(path.join(at, 'node_modules', folder))) return true;
  }
  return false;
}
