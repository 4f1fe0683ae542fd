import type { CommandContext } from '../context.ts';
import { runBalanced } from '../demo/balanced-run.ts';
import { eventCount } from '../demo/bounded-run.ts';
import type { DemoName } from '../demo/demo-event.ts';
import { demoProduct, type FlightsSource } from '../demo/demo-products.ts';
import type { ExitCode } from '../exit-code.ts';

export interface DemoOptions {
  readonly events?: number;
  readonly rate?: number;
  readonly seed: number;
  readonly source?: FlightsSource;
}

/** A bounded demo against a stack that runs already. */
export function demo(
  context: CommandContext,
  name: DemoName,
  { events, rate, seed, source }: DemoOptions,
  stopped: AbortSignal,
): Promise<ExitCode> {
  const choice = { name, ...(source === undefined ? {} : { flightsSource: source }) };
  const product = demoProduct(choice, context.environment.root);
  const count = eventCount(product, events);
  return runBalanced(context, {
    controlPlane: context.controlPlane(),
    product,
    count,
    seed,
    stopped,
    ...(rate === undefined ? {} : { rate }),
  });
}
