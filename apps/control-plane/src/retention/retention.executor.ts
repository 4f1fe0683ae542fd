import type { MeshReads, MeshUnit, Operation } from '@headwater/core-mesh';
import { operationalError, userError } from '@headwater/kernel';
import type { Executor } from '../operation/operation-runner.ts';
import type { Rings } from '../services.ts';

export const retentionSteps = [
  { name: 'submit', title: 'hand the plan to the retention worker' },
  { name: 'verify', title: 'wait until it is carried out and verified' },
] as const;

export interface RetentionExecutorOptions {
  readonly reads: Pick<MeshReads, 'retention' | 'work'>;
  readonly unit: <T>(work: (unit: MeshUnit) => Promise<T>) => Promise<T>;
  readonly rings: Rings;
}

const lookEveryMs = 300;
const appliedMsMax = 10 * 60_000;

/** The retention worker does the work and writes its own audit; this follows it to the end. */
export function createRetentionExecutor({ reads, unit, rings }: RetentionExecutorOptions): Executor {
  return {
    async submit(operation) {
      const workId = await unit((stores) =>
        stores.work.add({ name: 'apply-retention', payload: payloadOf(operation) }),
      );
      rings.retention(workId);
      return `Work item ${workId}.`;
    },
    async verify(operation) {
      const { planId } = payloadOf(operation);
      for (let waitedMs = 0; waitedMs < appliedMsMax; waitedMs += lookEveryMs) {
        const [plan] = await reads.retention.planByIds([planId]);
        if (plan?.state === 'applied')
          return `Carried out: ${plan.plan.actions.length} actions, each verified.`;
        if (plan?.state === 'refused' || plan?.state === 'failed') throw ended(plan.state);
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      }
      throw notFinished;
    },
  };
}

const payloadOf = ({ input }: Operation) =>
  input as unknown as { readonly productId: string; readonly planId: string };

const ended = (state: 'refused' | 'failed') =>
  userError({
    code: state === 'refused' ? 'HW_RETENTION_REFUSED' : 'HW_RETENTION_FAILED',
    message:
      state === 'refused'
        ? 'The world moved between preview and execution; nothing was removed.'
        : 'The retention worker stopped at an action; what was removed before stays removed.',
    fix: 'Plan again and look at what is shown.',
  });

const notFinished = operationalError({
  code: 'HW_RETENTION_NOT_FINISHED',
  message: 'The retention worker has not finished the plan yet.',
  fix: 'Look at the retention worker, then resume the operation.',
});
