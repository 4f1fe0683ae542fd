import type { CommandContext } from '../context.ts';
import { accepted } from '../control-plane/client.ts';
import { retireMutation } from '../control-plane/product-documents.ts';
import type { ProductChange } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printRecord } from '../output/listing.ts';
import { waitForOperation } from './operation-wait.ts';
import { renderPlan } from './plan-text.ts';

export interface RetireOptions {
  readonly reason: string;
  readonly tables: 'keep' | 'delete';
  /** The product's name again; without it the control plane refuses to delete records. */
  readonly confirm?: string;
  readonly dryRun?: boolean;
  readonly timeout: number;
}

export async function retire(
  context: CommandContext,
  product: string,
  options: RetireOptions,
): Promise<ExitCode> {
  const { terminal, messages } = context;
  const { reason, tables, confirm, dryRun = false, timeout } = options;
  const controlPlane = context.controlPlane();
  const { result } = await controlPlane.ask<{ result: ProductChange }>(retireMutation, {
    input: {
      product,
      reason,
      tables: tables.toUpperCase(),
      dryRun,
      ...(confirm === undefined ? {} : { confirmDataLoss: confirm }),
    },
  });
  const { plan, operation, changeRequest } = accepted(result);
  if (operation !== null) {
    const onStep = (title: string) => terminal.say(messages.change.waiting(title));
    await waitForOperation(controlPlane, operation, { secondsMax: timeout, onStep });
  }
  const outcome =
    operation !== null ? 'retired' : changeRequest?.status === 'PROPOSED' ? 'awaiting-approval' : 'planned';
  printRecord(
    terminal,
    context.format(),
    { product, outcome, plan, changeRequestId: changeRequest?.id },
    () => {
      if (outcome === 'retired') return messages.change.retired(product);
      if (outcome === 'awaiting-approval')
        return messages.change.awaitsApproval(product, changeRequest?.id ?? '');
      return plan === null ? messages.change.noChanges(product) : renderPlan(plan, product, messages);
    },
  );
  return exitCode.ok;
}
