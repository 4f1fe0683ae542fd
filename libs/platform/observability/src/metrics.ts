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
  readonly contentType: string;
}

/** Metrics of one process: its own series with prefix `headwater_` and label `app`, plus those of Node. */
export function createMetrics({ app }: { readonly app: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ app });
  collectDefaultMetrics({ register: registry });
  const common = (name: string, help: string, labelNames: readonly string[]) => ({
    name: `headwater_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter(name, description, labelNames = []) {
      const metric = new Counter(common(name, description, labelNames));
      return { add: (amount = 1, labels = {}) => metric.inc({ ...labels }, amount) };
    },
    gauge(name, description, labelNames = []) {
      const metric = new Gauge(common(name, description, labelNames));
      return {
        set: (value, labels = {}) => metric.set({ ...labels }, value),
        forget: (labels) => metric.remove({ ...labels }),
      };
    },
    histogram(name, description, { buckets, labelNames = [] }) {
      const metric = new Histogram({ ...common(name, description, labelNames), buckets: [...buckets] });
      return { observe: (value, labels = {}) => metric.observe({ ...labels }, value) };
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
