import type { Plan } from '../control-plane/types.ts';
import type { Messages } from '../message/index.ts';

const marks = { CREATE: '+', UPDATE: '~', REPLACE: '!', DELETE: '-', NONE: ' ' } as const;

/** A plan as text: one line per change, then what the policies found. */
export function renderPlan(plan: Plan, name: string, messages: Messages): string {
  const changes = plan.changes
    .filter(({ action }) => action !== 'NONE')
    .map(({ action, resource, name: target, dataLoss, reason }) => {
      const loss = dataLoss ? ` [${messages.change.dataLoss}]` : '';
      return `  ${marks[action]} ${resource.toLowerCase()} ${target}: ${reason}${loss}`;
    });
  const findings = plan.findings.map(({ mode, rule, message, fix }) => {
    return `  ${mode.toLowerCase()} ${rule}: ${message} ${messages.error.fix}: ${fix}`;
  });
  return [messages.change.planTitle(name), ...changes, ...findings].join('\n');
}
