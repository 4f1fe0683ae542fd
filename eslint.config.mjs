// Lint rules. A rule is an error or it is absent. Fixtures that break ours: scripts/checks/fixtures, proven by boundaries.test.ts.
import tseslint from 'typescript-eslint';

const tests = ['**/*.test.ts', '**/*.test-data.ts', 'tests/**', 'bench/**', 'scripts/**', 'libs/testkit/**'];

const closedSyntax = [
  {
    selector: 'TSEnumDeclaration',
    message: 'Use a union of string literals: it is plain data and exhaustive checks work on it.',
  },
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Export by name, so that a thing is called the same everywhere.',
  },
  {
    selector: 'TSParameterProperty',
    message: 'Declare the field: hidden fields in a constructor are easy to miss.',
  },
];

const impure = [
  { object: 'Date', property: 'now', message: 'Core is pure: take a Clock.' },
  { object: 'Math', property: 'random', message: 'Core is pure: take Ids or a seeded source.' },
  { object: 'performance', property: 'now', message: 'Core is pure: take a Clock.' },
  {
    object: 'process',
    property: 'env',
    message: 'The environment is read once, in an app’s environment.ts.',
  },
];

const environment = [
  {
    object: 'process',
    property: 'env',
    message: 'The environment is read once, in an app’s environment.ts, and passed on as a typed value.',
  },
];

export default [
  {
    ignores: [
      'dist/**',
      '**/generated/**',
      'libs/columnar-kernel/assembly/**',
      'node_modules/**',
      'scripts/checks/fixtures/**',
      '.headwater/**',
      '**/*.mjs',
    ],
  },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', ...closedSyntax],
      'no-restricted-properties': ['error', ...environment],
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-function-type': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
  {
    files: ['libs/core/*/src/**/*.ts', 'libs/kernel/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-properties': ['error', ...impure],
      'no-restricted-globals': [
        'error',
        ...[
          'process',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'fetch',
          'console',
          'crypto',
          'Buffer',
        ].map((name) => ({
          name,
          message: 'Core is pure: this effect is passed in.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        ...closedSyntax,
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Core is pure: take a Clock.',
        },
      ],
    },
  },
  {
    files: ['apps/control-plane/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: '@nestjs/common',
          importNames: ['forwardRef'],
          message: 'A cycle between modules is a missing third module.',
        },
        {
          name: '@nestjs/core',
          importNames: ['ModuleRef'],
          message: 'Ask for what you need in the constructor.',
        },
      ],
      'no-restricted-syntax': [
        'error',
        ...closedSyntax,
        {
          selector: "MemberExpression[object.name='Scope'][property.name='REQUEST']",
          message: 'Context is an explicit argument; request scope rebuilds half the graph for each call.',
        },
      ],
    },
  },
  { files: ['apps/*/src/environment.ts', ...tests], rules: { 'no-restricted-properties': 'off' } },
  {
    files: tests,
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      // Matchers of vitest that stand for a value are of type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
];
