import type { MeshDatabase, Operation } from '@headwater/core-mesh';
import type { OperatingKind, StoredOperatingPlan } from '@headwater/core-staging';
import { operationalError, userError } from '@headwater/kernel';
import type { Executor, StepRun } from '../operation/operation-runner.ts';
import type { Rings } from '../services.ts';

const titles: Readonly<Record<OperatingKind, string>> = {
  replay: 'land the records that are accepted',
  backfill: 'read the range into the side table',
  restart: 'begin again',
  swap: 'put the side table in the place of its ranges',
  'undo-swap': 'bring back what stood in the ranges',
};

export const operatingSteps = (kind: OperatingKind) => [
  { name: 'submit', title: 'hand the plan to a staging worker' },
  { name: 'follow', title: titles[kind] },
];

export interface OperatingExecutorOptions {
  readonly database: MeshDatabase;
  readonly rings: Pick<Rings, 'operating'>;
}

const lookEveryMs = 200;
const runMsMax = 24 * 60 * 60_000;

/** A staging worker does the work and writes its own audit; this follows it to the end. */
export function createOperatingExecutor({ database, rings }: OperatingExecutorOptions): Executor {
  return {
    async submit(operation) {
      const workId = await database.unit((unit) =>
        unit.work.add({ name: 'apply-operating', payload: { planId: planIdOf(operation) } }),
      );
      rings.operating(workId);
      return `Work item ${workId}.`;
    },
    follow: (operation, run) => follow(database, planIdOf(operation), run),
  };
}

async function follow(database: MeshDatabase, planId: string, run: StepRun): Promise<string> {
  let told = '';
  for (let waitedMs = 0; waitedMs < runMsMax && run.mayGoOn(); waitedMs += lookEveryMs) {
    const [stored] = await database.reads.operating.byIds([planId]);
    if (stored?.state === 'applied') return describe(stored);
    if (stored?.state === 'refused' || stored?.state === 'failed') throw ended(stored);
    const detail = stored === undefined ? '' : describe(stored);
    if (detail !== told) await run.tell(detail);
    told = detail;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw notFinished;
}

const describe = ({ plan, progress }: StoredOperatingPlan): string =>
  progress === undefined
    ? 'Waiting for a staging worker.'
    : `${progress.records} of ${plan?.records ?? '?'} records: ${progress.landed} landed, ${progress.refused} refused${plan?.kind === 'replay' ? ' again' : ''}.`;

const planIdOf = ({ input }: Operation): string => (input as { readonly planId: string }).planId;

const ended = ({ error, state }: StoredOperatingPlan) =>
  userError({
    code: error?.code ?? 'HW_OPERATING_FAILED',
    message: error?.message ?? `The plan is ${state}.`,
    ...(error?.fix === undefined ? {} : { fix: error.fix }),
  });

const notFinished = operationalError({
  code: 'HW_OPERATING_NOT_FINISHED',
  message: 'The staging worker has not finished the plan yet.',
  fix: 'Look at the staging workers, then resume the operation.',
});
