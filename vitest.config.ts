import { defineConfig } from 'vitest/config';

/** SDL files are text, as in the bundles. */
const graphqlAsText = {
  name: 'graphql-as-text',
  transform: (code: string, id: string) =>
    id.endsWith('.graphql')
      ? { code: `export default ${JSON.stringify(code)};`, moduleType: 'js' }
      : undefined,
};

/** Vite would take the module build of graphql while packages take the CommonJS one, and graphql refuses two of itself. */
const onlyOneGraphql = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };

const shared = {
  resolve: onlyOneGraphql,
  define: { __HEADWATER_FAULTS__: 'true', __HEADWATER_BARE__: 'false' },
  plugins: [graphqlAsText],
};

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['{apps,libs,scripts}/**/*.test.ts'],
          exclude: ['**/*.it.test.ts', '**/node_modules/**', 'dist/**'],
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          name: 'integration',
          include: ['{apps,libs,tests}/**/*.it.test.ts'],
          exclude: ['**/node_modules/**', 'dist/**'],
          globalSetup: ['libs/testkit/src/stack-global-setup.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
