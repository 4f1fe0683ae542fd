import type { Incident } from './types.ts';

export interface IncidentDetail extends Incident {
  readonly occurrences: number;
  readonly openedAt: string;
  readonly lastSeenAt: string;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly acceptedBy: string | null;
  readonly acceptedAt: string | null;
  readonly acceptedReason: string | null;
  readonly samples: readonly {
    readonly stage: string;
    readonly reason: string;
    readonly path: string;
    readonly records: string;
    readonly partition: number;
    readonly offset: string;
  }[];
}
