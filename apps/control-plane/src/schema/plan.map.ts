import type { PolicyFinding as CoreFinding } from '@headwater/core-mesh';
import { losesData, type Plan as CorePlan } from '@headwater/core-reconcile';
import type { Plan } from '../generated/schema-types.ts';
import { toEnumName } from './enum-name.ts';

export const toPlan = (plan: CorePlan, findings: readonly CoreFinding[]): Plan => ({
  hash: plan.hash,
  changes: plan.changes.map(({ action, resource, risk, ...change }) => ({
    ...change,
    action: toEnumName(action),
    resource: toEnumName(resource),
    risk: toEnumName(risk),
  })),
  findings: findings.map(({ mode, ...finding }) => ({ ...finding, mode: toEnumName(mode) })),
  dataLoss: losesData(plan),
  needsApproval: findings.some(({ mode }) => mode === 'approve'),
});
