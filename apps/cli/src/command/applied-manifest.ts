import type { Plan } from '../control-plane/types.ts';

/** What became of one manifest; the result on standard output. */
export interface AppliedManifest {
  readonly kind: string;
  readonly name: string;
  readonly outcome: 'created' | 'unchanged' | 'applied' | 'accepted' | 'awaiting-approval' | 'would-change';
  readonly operationId?: string;
  readonly changeRequestId?: string;
  readonly plan?: Plan;
}
