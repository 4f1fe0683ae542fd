import type { UserError } from './client.ts';

/** What the documents of this folder ask for. 64 bit integers are strings, instants RFC 3339. */
export interface Page<T> {
  readonly page: {
    readonly nodes: readonly T[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export interface ProductSummary {
  readonly id: string;
  readonly qualifiedName: string;
  readonly title: string | null;
  readonly status: string;
  readonly version: number;
  readonly createdAt: string;
  readonly owner: { readonly name: string };
  readonly contract: { readonly contractVersion: string } | null;
  readonly outputPorts: readonly { readonly kind: 'TOPIC' | 'TABLE'; readonly location: string }[];
}

export interface ConnectionGuide {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly tableUrl: string;
  readonly quarantineUrl: string;
  readonly snippets: readonly { readonly title: string; readonly language: string; readonly code: string }[];
}

export interface ProductDescription extends Omit<ProductSummary, 'contract'> {
  readonly description: string | null;
  readonly retiredAt: string | null;
  readonly domain: { readonly name: string };
  readonly contract: {
    readonly contractId: string;
    readonly contractVersion: string;
    readonly properties: readonly {
      readonly name: string;
      readonly type: string;
      readonly required: boolean;
      readonly classification: string | null;
      readonly personal: boolean;
    }[];
  } | null;
  readonly pipeline: {
    readonly pipelineId: string;
    readonly topicName: string;
    readonly desiredState: string;
  } | null;
  readonly retention: { readonly period: string; readonly mode: string } | null;
  readonly connection: ConnectionGuide | null;
  readonly openIncidents: readonly IncidentSummary[];
}

export interface IncidentSummary {
  readonly id: string;
  readonly kind: string;
  readonly partition: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: string;
  readonly fix: string;
}

export interface Incident extends IncidentSummary {
  readonly status: string;
  readonly dataProduct: { readonly qualifiedName: string };
  readonly openedAt: string;
  readonly acceptedBy: string | null;
}

export interface Plan {
  readonly hash: string;
  readonly dataLoss: boolean;
  readonly needsApproval: boolean;
  readonly changes: readonly {
    readonly action: 'CREATE' | 'UPDATE' | 'REPLACE' | 'DELETE' | 'NONE';
    readonly resource: string;
    readonly name: string;
    readonly risk: string;
    readonly dataLoss: boolean;
    readonly reason: string;
  }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly mode: string;
    readonly message: string;
    readonly fix: string;
    readonly path: string;
  }[];
}

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ROLLED_BACK';
  readonly progress: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly steps: readonly {
    readonly position: number;
    readonly title: string;
    readonly status: string;
    readonly detail: string | null;
  }[];
  readonly error: UserError | null;
  readonly dataProduct: { readonly qualifiedName: string } | null;
}

/** The payload of onboarding and of retirement. */
export interface ProductChange {
  readonly dataProduct: ProductSummary | null;
  readonly changeRequest: { readonly id: string; readonly status: string } | null;
  readonly plan: Plan | null;
  readonly operation: Operation | null;
  readonly userErrors: readonly UserError[];
}

export interface TableStatus {
  readonly url: string;
  readonly version: string | null;
  readonly files: number | null;
  readonly bytes: string | null;
  readonly rows: string | null;
}

export interface PipelineStatus {
  readonly pipelineId: string;
  readonly productName: string;
  readonly desiredState: string;
  readonly reportedAt: string | null;
  readonly lagRecords: string | null;
  readonly lagSeconds: number | null;
  readonly recordsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  readonly lastCommitAt: string | null;
  readonly lanes: readonly {
    readonly lane: number;
    readonly state: string;
    readonly engine: string | null;
    readonly engineReason: string | null;
    readonly recordsPerSecond: number | null;
    readonly lastCommitAt: string | null;
    readonly activity: {
      readonly batchId: string;
      readonly phase: string;
      readonly records: string;
      readonly bytes: string;
      readonly since: string | null;
    } | null;
    readonly error: { readonly code: string; readonly message: string; readonly fix: string | null } | null;
    readonly partitions: readonly {
      readonly partition: number;
      readonly nextOffset: string;
      readonly highWatermark: string;
      readonly lagRecords: string;
      readonly lagSeconds: number | null;
    }[];
  }[];
  readonly table: TableStatus;
  readonly quarantineTable: TableStatus;
  readonly ledger: Readonly<
    Record<'offsets' | 'landed' | 'deduplicated' | 'quarantined' | 'lateTable', string>
  > &
    Readonly<Record<'tombstones' | 'control' | 'aborted' | 'absent' | 'acceptedLoss', string>> & {
      readonly isBalanced: boolean;
    };
  readonly quarantineGroups: readonly {
    readonly stage: string;
    readonly reason: string;
    readonly path: string;
    readonly records: string;
  }[];
  readonly openIncidents: readonly IncidentSummary[];
}

export interface Topic {
  readonly name: string;
  readonly topicId: string | null;
  readonly partitions: number | null;
  readonly replicationFactor: number | null;
  readonly drift: string;
  readonly observedAt: string | null;
  readonly configs: readonly { readonly key: string; readonly value: string }[];
  readonly differences: readonly {
    readonly setting: string;
    readonly desired: string | null;
    readonly observed: string | null;
  }[];
  readonly dataProduct: { readonly qualifiedName: string } | null;
}

export interface QuarantineGroup {
  readonly stage: string;
  readonly reason: string;
  readonly path: string;
  readonly records: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly examplePartition: number;
  readonly exampleOffset: string;
}

export interface QuarantinedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly stage: string;
  readonly rule: string;
  readonly path: string;
  readonly reason: string;
  readonly isMasked: boolean;
  readonly value: string | null;
  readonly key: string | null;
}
