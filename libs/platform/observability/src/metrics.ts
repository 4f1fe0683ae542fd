import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Values of a metric's labels. Labels are few and closed: never a record's value, never a person. */
export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  /** A count that only grows. Name ends in `_total`. */
  counter(
    name: string,
    description: string,
    labelNames?: readonly string[],
  ): { add(amount?: number, labels?: Labels): void };
  /** A value that goes up and down. `forget` removes the series of something that is no more. */
  gauge(
    name: string,
    description: string,
    labelNames?: readonly string[],
  ): { set(value: number, labels?: Labels): void; forget(labels: Labels): void };
  /** A distribution. Name ends in its unit, for example `_seconds`. */
  histogram(
    name: string,
    description: string,
    options: { readonly buckets: readonly number[]; readonly labelNames?: readonly string[] },
  ): { observe(value: number, labels?: Labels): void };
  /** Everything in the Prometheus text format. */
  text(): Promise<string>;
  /** Our own series; those of Node are left out. */
  describe(): readonly MetricDescription[];
  readonly contentType: string;
}

export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly description: string;
  readonly labelNames: readonly string[];
}

/** Metrics of one process: its own series with prefix `headwater_` and label `app`, plus those of Node. */
export function createMetrics({ app }: { readonly app: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  const described: MetricDescription[] = [];
  const common = (
    name: string,
    help: string,
    labelNames: readonly string[],
    type: MetricDescription['type'],
  ) => {
    described.push({ name: `headwater_${name}`, type, description: help, labelNames });
    return { name: `headwater_${name}`, help, labelNames: [...labelNames], registers: [registry] };
  };
  return {
    counter(name, description, labelNames = []) {
      const metric = new Counter(common(name, description, labelNames, 'counter'));
      return { add: (amount = 1, labels = {}) => metric.inc({ ...labels }, amount) };
    },
    gauge(name, description, labelNames = []) {
      const metric = new Gauge(common(name, description, labelNames, 'gauge'));
      return {
        set: (value, labels = {}) => metric.set({ ...labels }, value),
        forget: (labels) => metric.remove({ ...labels }),
      };
    },
    histogram(name, description, { buckets, labelNames = [] }) {
      const metric = new Histogram({
        ...common(name, description, labelNames, 'histogram'),
        buckets: [...buckets],
      });
      return { observe: (value, labels = {}) => metric.observe({ ...labels }, value) };
    },
    text: () => registry.metrics(),
    describe: () => described,
    contentType: registry.contentType,
  };
}
