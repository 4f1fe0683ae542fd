import type { CommandContext } from '../context.ts';
import { accepted } from '../control-plane/client.ts';
import {
  adviseContractChangeQuery,
  publishContractVersionMutation,
  type AdviceAnswer,
  type PublishAnswer,
} from '../control-plane/contract-documents.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { readText } from '../input/contract-file.ts';
import { printRecord } from '../output/listing.ts';
import { renderAdvice } from './advice-text.ts';
import { waitForOperation } from './operation-wait.ts';

export interface AdviseOptions {
  readonly product?: string;
}

export interface PublishOptions extends AdviseOptions {
  readonly askReaders?: boolean;
  readonly dryRun?: boolean;
  readonly timeout: number;
}

/** What a publication of this file would mean; fails when it would be refused. */
export async function advise(
  context: CommandContext,
  source: string,
  { product }: AdviseOptions,
): Promise<ExitCode> {
  const { result } = await context.controlPlane().ask<AdviceAnswer>(adviseContractChangeQuery, {
    input: { contract: await readText(source), ...(product === undefined ? {} : { product }) },
  });
  const { advice, userErrors } = result;
  if (advice === null) accepted(result);
  else {
    const record = { ...advice, problems: userErrors };
    printRecord(context.terminal, context.format(), record, () =>
      renderAdvice(advice, userErrors, context.messages),
    );
  }
  return userErrors.length === 0 ? exitCode.ok : exitCode.failed;
}

/** Publishes the file and waits until it is in force, or says whose review it waits for. */
export async function publish(
  context: CommandContext,
  source: string,
  { product, askReaders = false, dryRun = false, timeout }: PublishOptions,
): Promise<ExitCode> {
  const { terminal, messages } = context;
  const words = messages.contractChange;
  const controlPlane = context.controlPlane();
  const { result } = await controlPlane.ask<PublishAnswer>(publishContractVersionMutation, {
    input: {
      contract: await readText(source),
      askReaders,
      dryRun,
      ...(product === undefined ? {} : { product }),
    },
  });
  const { advice, changeRequest, userErrors } = result;
  if (userErrors.length > 0 && advice !== null) terminal.say(renderAdvice(advice, [], messages));
  const { operation } = accepted(result);
  const name = advice?.dataProduct?.qualifiedName ?? product ?? '';
  const version = advice?.contractVersion ?? '';
  if (operation !== null) {
    await waitForOperation(controlPlane, operation, {
      secondsMax: timeout,
      onStep: (title) => terminal.say(messages.change.waiting(title)),
    });
  }
  const asked = changeRequest?.reviewTasks.map(({ application }) => application.name) ?? [];
  const record = { product: name, contractVersion: version, advice, changeRequest, operation };
  printRecord(terminal, context.format(), record, () => {
    if (operation !== null) return words.published(name, version);
    if (dryRun) return advice === null ? words.unchanged(name) : words.wouldPublish(name, version);
    if (changeRequest === null) return words.unchanged(name);
    return asked.length === 0
      ? messages.change.awaitsApproval(name, changeRequest.id)
      : words.waits(name, asked.join(', '));
  });
  return exitCode.ok;
}
