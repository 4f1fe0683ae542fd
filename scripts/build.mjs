// Bundles each app into dist/<variant>/<app>.mjs. Packages from npm stay outside; our own packages are inlined.
// usage: node scripts/build.mjs [release|faults]   `faults` keeps the named fault points, `release` removes them.
import { build } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';

const variant = process.argv[2] ?? 'release';
const apps = readdirSync('apps').filter((app) => existsSync(`apps/${app}/src/main.ts`));
await build({
  entryPoints: Object.fromEntries(apps.map((app) => [app, `apps/${app}/src/main.ts`])),
  outdir: `dist/${variant}`,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: 'linked',
  keepNames: true,
  loader: { '.graphql': 'text', '.sql': 'text' },
  define: { __HEADWATER_FAULTS__: String(variant === 'faults') },
  plugins: [
    {
      name: 'npm-packages-stay-outside',
      setup(b) {
        b.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
          kind === 'entry-point' || path.startsWith('@headwater/') ? undefined : { path, external: true },
        );
      },
    },
  ],
  logLevel: 'warning',
});
