import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { connectControlPlane } from '../control-plane/client.ts';
import { readLocalToken } from '../control-plane/connection.ts';
import { runBalanced } from '../demo/balanced-run.ts';
import { eventCount } from '../demo/bounded-run.ts';
import { demoNames, type DemoName, type DemoProduct } from '../demo/demo-event.ts';
import { demoProduct, type FlightsSource } from '../demo/demo-products.ts';
import { runLiveFeed } from '../demo/live-feed.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { describeFailure } from '../output/failure.ts';
import { showLiveCounts } from './live-counts.ts';
import type { LocalSystem } from './local-system.ts';

export interface WorkOptions {
  /** `false`: no demo; absent: both products. */
  readonly demo?: DemoName | false;
  readonly source?: FlightsSource;
  readonly events?: number;
  readonly rate?: number;
  readonly seed: number;
  /** A bounded run that ends with a balance sheet. */
  readonly exit?: boolean;
}

/** What `up` does once the system runs; checked before anything is started. */
export interface WorkPlan {
  readonly products: readonly DemoProduct[];
  readonly feed: { readonly seed: number; readonly rate?: number; readonly events?: number };
  /** Set for a run that ends by itself. */
  readonly bounded?: { readonly product: DemoProduct; readonly count: number };
}

export function planWork(options: WorkOptions, root: string): WorkPlan {
  const { demo, source, events, rate, seed, exit = false } = options;
  const names =
    demo === false ? [] : demo === undefined ? (exit ? demoNames.slice(0, 1) : demoNames) : [demo];
  const products = names.map((name) =>
    demoProduct({ name, ...(source === undefined ? {} : { flightsSource: source }) }, root),
  );
  const feed = { seed, ...(rate === undefined ? {} : { rate }), ...(events === undefined ? {} : { events }) };
  if (!exit) return { products, feed };
  const [product] = products;
  if (product === undefined) {
    throw userError({
      code: 'HW_CLI_EXIT_WITHOUT_DEMO',
      message: '--exit ends a demo, and --no-demo asks for none.',
      fix: 'Leave out one of the two.',
    });
  }
  return { products, feed, bounded: { product, count: eventCount(product, events) } };
}

/** Feeds the demo products and shows live counts until stopped, or carries out the bounded run. */
export async function runWork(
  context: CommandContext,
  { products, feed, bounded }: WorkPlan,
  system: LocalSystem,
  stopped: AbortSignal,
): Promise<ExitCode> {
  const { environment, terminal, messages } = context;
  const token = readLocalToken(environment.home);
  const controlPlane = connectControlPlane({
    url: system.controlPlaneUrl,
    ...(token === undefined ? {} : { token }),
  });
  const { seed, rate } = feed;
  if (bounded !== undefined) {
    const run = { controlPlane, seed, stopped, ...bounded, ...(rate === undefined ? {} : { rate }) };
    return runBalanced(context, run);
  }
  const produced = new Map<string, number>();
  const counts = showLiveCounts(context, { controlPlane, produced, stopped });
  const fed = runLiveFeed(context, {
    ...feed,
    controlPlane,
    products,
    stopped,
    seed: seed + Math.floor(Date.now() / 1000),
    onSent: (name, count) => void produced.set(name, count),
  }).catch((error: unknown) => terminal.say(describeFailure(error, messages)));
  await Promise.all([counts, fed]);
  return exitCode.ok;
}
