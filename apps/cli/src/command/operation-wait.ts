import { setTimeout as sleep } from 'node:timers/promises';
import { operationalError, type HeadwaterError } from '@headwater/kernel';
import type { ControlPlane } from '../control-plane/client.ts';
import { operationQuery } from '../control-plane/mesh-documents.ts';
import type { Operation } from '../control-plane/types.ts';

const pollMs = 200;

/**
 * Follows an operation to its end. `onStep` is told each step's title once, as the step begins. Throws the operation's
 * own error when it failed, and `HW_OPERATION_SLOW` when it is not finished within `secondsMax`; it goes on then.
 */
export async function waitForOperation(
  controlPlane: ControlPlane,
  started: Operation,
  {
    secondsMax,
    onStep,
    onDetail,
  }: {
    readonly secondsMax: number;
    readonly onStep: (title: string) => void;
    /** Told each new detail of the step that runs. */
    readonly onDetail?: (detail: string) => void;
  },
): Promise<Operation> {
  const end = performance.now() + secondsMax * 1000;
  const told = new Set<number>();
  let operation = started;
  let lastDetail = '';
  for (;;) {
    const detail = operation.steps.find(({ status }) => status === 'RUNNING')?.detail ?? '';
    for (const { position, title, status } of operation.steps) {
      if (status === 'PENDING' || told.has(position)) continue;
      told.add(position);
      onStep(title);
    }
    if (detail !== '' && detail !== lastDetail) onDetail?.(detail);
    lastDetail = detail;
    if (operation.status === 'SUCCEEDED') return operation;
    if (operation.status === 'FAILED' || operation.status === 'ROLLED_BACK') throw failure(operation);
    if (performance.now() > end) throw slow(operation, secondsMax);
    await sleep(pollMs);
    const answer = await controlPlane.ask<{ operation: Operation | null }>(operationQuery, {
      id: started.id,
    });
    operation = answer.operation ?? operation;
  }
}

function failure({ id, kind, error, steps }: Operation): HeadwaterError {
  const failed = steps.find(({ status }) => status === 'FAILED');
  return operationalError({
    code: error?.code ?? 'HW_OPERATION_FAILED',
    message: [error?.message ?? `Operation ${id} (${kind}) failed.`, failed && `Step: ${failed.title}`]
      .filter(Boolean)
      .join('\n  '),
    fix: error?.fix ?? `See \`headwater describe operation ${id}\`.`,
  });
}

const slow = ({ id, kind }: Operation, seconds: number): HeadwaterError =>
  operationalError({
    code: 'HW_OPERATION_SLOW',
    message: `Operation ${id} (${kind}) is not finished after ${seconds} s; it goes on.`,
    fix: `Watch it with \`headwater describe operation ${id}\`, or wait longer with --timeout.`,
    canRetry: true,
  });
