import { readdirSync } from 'node:fs';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { ESLint } from 'eslint';
import { beforeAll, expect, test } from 'vitest';
import cruiserConfig from '../../.dependency-cruiser.mjs';

const { forbidden = [], options = {} } = cruiserConfig;

const fixtures = path.join(import.meta.dirname, 'fixtures');

/** Each rule of .dependency-cruiser.mjs with the fixture that breaks it. */
const boundaryFixtures: Record<string, string> = {
  'no-cycles': 'libs/core/two/src/cycle-a.ts',
  'kernel-imports-nothing': 'libs/kernel/src/imports-core.ts',
  'core-is-pure': 'libs/core/two/src/imports-file-system.ts',
  'adapters-do-not-know-each-other': 'libs/adapters/two/src/imports-adapter.ts',
  'adapters-do-not-import-apps': 'libs/adapters/two/src/imports-app.ts',
  'platform-stands-alone': 'libs/platform/one/src/imports-core.ts',
  'apps-do-not-know-each-other': 'apps/two/src/imports-app.ts',
  'testkit-in-tests-only': 'libs/adapters/two/src/imports-testkit.ts',
  'packages-through-their-index': 'libs/core/two/src/deep-import.ts',
  'no-unresolvable': 'libs/adapters/two/src/imports-nothing.ts',
  'production-does-not-use-dev-dependencies': 'libs/adapters/two/src/imports-dev-dependency.ts',
};

/** Each lint rule of ours with the fixture that breaks it and the words a reader gets. */
const lintFixtures: readonly [fixture: string, rule: string, words: RegExp][] = [
  ['libs/core/two/src/uses-clock.ts', 'no-restricted-properties', /take a Clock/],
  ['libs/core/two/src/uses-new-date.ts', 'no-restricted-syntax', /take a Clock/],
  ['libs/core/two/src/uses-random.ts', 'no-restricted-properties', /take Ids/],
  ['libs/core/two/src/uses-timer.ts', 'no-restricted-globals', /passed in/],
  ['libs/core/two/src/uses-environment.ts', 'no-restricted-properties', /environment/],
  ['libs/adapters/two/src/uses-environment.ts', 'no-restricted-properties', /environment/],
  ['libs/adapters/two/src/default-export.ts', 'no-restricted-syntax', /Export by name/],
  ['libs/adapters/two/src/has-enum.ts', 'no-restricted-syntax', /union/],
  ['apps/control-plane/src/forward-ref.ts', 'no-restricted-imports', /third module/],
  ['apps/control-plane/src/module-ref.ts', 'no-restricted-imports', /constructor/],
  ['apps/control-plane/src/request-scope.ts', 'no-restricted-syntax', /explicit argument/],
];

let broken: ReadonlySet<string>;

beforeAll(async () => {
  const { output } = await cruise(
    ['apps', 'libs'],
    {
      ...options,
      exclude: { path: '^dist/' },
      baseDir: fixtures,
      validate: true,
      ruleSet: { forbidden },
    } as Parameters<typeof cruise>[1],
    options.enhancedResolveOptions as Parameters<typeof cruise>[2],
  );
  broken = new Set(
    (output as ICruiseResult).summary.violations.map(({ rule, from }) => `${rule.name} ${from}`),
  );
}, 60_000);

const ruleNames = forbidden.map(({ name }) => name ?? '');

test.each(ruleNames.filter((name) => !name.startsWith('vendor-')))('boundary rule %s can fail', (name) => {
  expect(broken).toContain(`${name} ${boundaryFixtures[name]}`);
});

test.each(ruleNames.filter((name) => name.startsWith('vendor-')))('boundary rule %s can fail', (name) => {
  const breaking = readdirSync(path.join(fixtures, 'libs/adapters/two/src')).map(
    (file) => `${name} libs/adapters/two/src/${file}`,
  );
  expect(breaking.filter((violation) => broken.has(violation))).toHaveLength(1);
});

test.each(lintFixtures)('lint refuses %s', async (fixture, rule, words) => {
  const eslint = new ESLint({
    cwd: fixtures,
    overrideConfigFile: path.join(import.meta.dirname, '../../eslint.config.mjs'),
    ignore: false,
    overrideConfig: {
      languageOptions: { parserOptions: { projectService: false, project: null } },
      rules: Object.fromEntries(
        [
          'no-floating-promises',
          'no-misused-promises',
          'await-thenable',
          'switch-exhaustiveness-check',
          'only-throw-error',
          'no-unsafe-argument',
          'no-unsafe-assignment',
          'no-unsafe-call',
          'no-unsafe-member-access',
          'no-unsafe-return',
        ].map((typed) => [`@typescript-eslint/${typed}`, 'off']),
      ),
    },
  });
  const [result] = await eslint.lintFiles([fixture]);
  const messages = result?.messages ?? [];
  expect(messages.map(({ ruleId }) => ruleId)).toContain(rule);
  expect(messages.map(({ message }) => message).join('\n')).toMatch(words);
});
