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

export interface OperatingPlan {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly hash: string | null;
  readonly records: string | null;
  readonly bytes: string | null;
  readonly backfillId: string | null;
  readonly tables: readonly string[];
  readonly details: readonly string[];
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly ranges: readonly {
    readonly partition: number;
    readonly from: string;
    readonly to: string;
    readonly records: string;
  }[];
  readonly progress: { readonly records: string; readonly landed: string; readonly refused: string } | null;
}
