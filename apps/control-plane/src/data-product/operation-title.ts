import type { OperationKind } from '@headwater/core-mesh';
import type { Change, Plan } from '@headwater/core-reconcile';

/** The resource each step is about; steps without one are named by their verb. */
const resources: Readonly<Record<string, Change['resource']>> = {
  topic: 'topic',
  subject: 'subject',
  pipeline: 'pipeline',
  stop: 'pipeline',
  tables: 'table',
  record: 'data-product',
};

const verbs: Readonly<Record<string, string>> = {
  check: 'check that the plan still fits',
  verify: 'verify by observation',
  finish: 'close the product',
};

/** A step for people, for example `create topic ads.ad-events`. */
export function operationTitle(kind: OperationKind, step: string, plan: Plan): string {
  const verb = verbs[step];
  if (verb !== undefined) return verb;
  const change = plan.changes.find(({ resource }) => resource === resources[step]);
  if (change === undefined) return `${kind}: ${step}`;
  return `${change.action === 'none' ? 'keep' : change.action} ${change.resource} ${change.name}`;
}
