import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createMetrics, type MetricDescription, type Metrics } from '@headwater/platform-observability';
import { expect, test } from 'vitest';
import { createGraphqlTraces } from '../../apps/control-plane/src/server/graphql-traces.ts';
import { mountHttpMetrics } from '../../apps/control-plane/src/server/http-metrics.ts';
import { createRetentionMetrics } from '../../apps/retention-worker/src/retention-metrics.ts';
import { createBatchTelemetry } from '../../apps/staging-worker/src/batch-telemetry.ts';
import { createLaneMetrics } from '../../apps/staging-worker/src/lane-metrics.ts';
import { createLineageMetrics } from '../../apps/staging-worker/src/lineage/lineage-sender.ts';
import { noTraces } from '@headwater/platform-observability';

const root = path.join(import.meta.dirname, '../..');

/** Every series an app makes, from the code that makes them. */
const apps: Readonly<Record<string, (metrics: Metrics) => void>> = {
  'staging-worker': (metrics) => {
    createLaneMetrics(metrics);
    createBatchTelemetry(metrics, noTraces);
    createLineageMetrics(metrics);
  },
  'retention-worker': (metrics) => void createRetentionMetrics(metrics),
  'control-plane': (metrics) => {
    createGraphqlTraces(metrics, noTraces);
    mountHttpMetrics({ addHook: () => undefined } as never, metrics, {} as never);
  },
};

const described = Object.entries(apps).map(([app, make]) => {
  const metrics = createMetrics({ app });
  make(metrics);
  return { app, series: metrics.describe().toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
});

const unitOf = ({ name, type }: MetricDescription): string => {
  const base = name.replace(/_total$/, '');
  const unit = /_(seconds|per_second|offsets|records|files|actions|events|batches)$/.exec(base)?.[1];
  const words: Readonly<Record<string, string>> = { per_second: '1/s' };
  return unit === undefined ? (type === 'counter' ? 'count' : 'number') : (words[unit] ?? unit);
};

const intro = `# Metrics

Every service answers \`/metrics\` in the Prometheus text format. Series of ours begin with \`headwater_\` and carry the label \`app\`; those of Node (\`process_*\`, \`nodejs_*\`) are there too. Labels are names of products, at most 1,000 of them (the rest is \`other\`), and closed words: never a record's value, never a person. A value that is not known has no series: lag is never 0 for unknown. This page is generated from the code that makes the series.

The phases of a batch: \`fill\` from its first record set until it is cut, \`judge\` scanning and judging record sets, \`encode\` writing the last of the Parquet files, \`upload\` making them durable in the lake, \`quarantine-commit\` and \`commit\` the two commits, \`mirror\` copying the ledger to Postgres. \`fill\` holds the time of \`judge\`.

A Grafana dashboard is in \`ops/grafana\`, alert rules are in \`ops/prometheus\`.
`;

test('docs/metrics.md lists every series of every app, and no other', async () => {
  const pages = described.map(({ app, series }) => {
    const rows = series.map(
      (each) =>
        `| \`${each.name}\` | ${each.type} | ${unitOf(each)} | ${each.labelNames.map((label) => `\`${label}\``).join(', ')} | ${each.description} |`,
    );
    return `## ${app}\n\n| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  await expect([intro, ...pages].join('\n')).toMatchFileSnapshot(path.join(root, 'docs/metrics.md'));
});

test('dashboards and alerts use series that exist, and only those', () => {
  const suffixes = ['', '_bucket', '_sum', '_count'];
  const known = new Set(
    described.flatMap(({ series }) =>
      series.flatMap(({ name, type }) =>
        type === 'histogram' ? suffixes.map((suffix) => name + suffix) : [name],
      ),
    ),
  );
  const files = globSync('ops/**/*.{json,yaml}', { cwd: root });
  expect(files.length).toBeGreaterThanOrEqual(2);
  const unknown = files.flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/headwater_[a-z_]+/g)]
      .map(([name]) => name)
      .filter((name) => !known.has(name))
      .map((name) => `${file}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test('every alert names what to do', () => {
  const text = readFileSync(path.join(root, 'ops/prometheus/headwater.rules.yaml'), 'utf8');
  const alerts = text.split(/\n\s+- alert: /).slice(1);
  expect(alerts.length).toBeGreaterThan(4);
  for (const alert of alerts) expect(alert).toMatch(/summary: .+\n\s+fix: .+/);
});
