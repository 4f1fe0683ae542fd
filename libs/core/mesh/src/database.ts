import type { WorkItems, WorkStore } from '@headwater/core-jobs';
import type { RetentionReads } from '@headwater/core-retention';
import type { TokenReads, TokenStore } from './access.ts';
import type { ApplicationReadReads, ApplicationReadStore } from './application-read.ts';
import type { AuditReads, AuditTrail } from './audit.ts';
import type { ChangeRequestReads, ChangeRequestStore } from './change-request.ts';
import type { ContractReads, ContractStore, DataProductReads, DataProductStore } from './data-product.ts';
import type { IdempotencyReads, IdempotencyStore } from './idempotency.ts';
import type { IncidentReads, IncidentStore } from './incident.ts';
import type { OperatingReads, OperatingRequests } from './operating.ts';
import type { OperationLeases, OperationReads, OperationStore } from './operation.ts';
import type {
  Application,
  ApplicationStore,
  Domain,
  DomainStore,
  NamedReads,
  TeamReads,
  TeamStore,
} from './organisation.ts';
import type { PipelineReads, PipelineStore, StagingReports } from './pipeline.ts';
import type { QualityReads, QualityStore } from './quality-run.ts';
import type { ReviewTaskReads, ReviewTaskStore } from './review-task.ts';

/** Reads outside any unit of work. */
export interface MeshReads {
  readonly domains: NamedReads<Domain>;
  readonly teams: TeamReads;
  readonly applications: NamedReads<Application>;
  readonly applicationReads: ApplicationReadReads;
  readonly products: DataProductReads;
  readonly contracts: ContractReads;
  readonly pipelines: PipelineReads;
  readonly changeRequests: ChangeRequestReads;
  readonly reviewTasks: ReviewTaskReads;
  readonly quality: QualityReads;
  readonly operations: OperationReads;
  readonly operating: OperatingReads;
  readonly incidents: IncidentReads;
  readonly tokens: TokenReads;
  readonly audit: AuditReads;
  readonly idempotency: IdempotencyReads;
  readonly staging: StagingReports;
  readonly retention: RetentionReads;
  readonly work: Pick<WorkItems, 'status'>;
}

/** Everything that is changed together: all of it is stored, or nothing. */
export interface MeshUnit {
  readonly domains: DomainStore;
  readonly teams: TeamStore;
  readonly applications: ApplicationStore;
  readonly applicationReads: ApplicationReadStore;
  readonly products: DataProductStore;
  readonly contracts: ContractStore;
  readonly pipelines: PipelineStore;
  readonly changeRequests: ChangeRequestStore;
  readonly reviewTasks: ReviewTaskStore;
  readonly quality: QualityStore;
  readonly operations: OperationStore;
  readonly operating: OperatingRequests;
  readonly incidents: IncidentStore;
  readonly tokens: TokenStore;
  readonly audit: AuditTrail;
  readonly idempotency: IdempotencyStore;
  readonly work: WorkStore;
}

/** The control plane's truth. Implementation: libs/adapters/postgres. */
export interface MeshDatabase {
  readonly reads: MeshReads;
  readonly operationLeases: OperationLeases;
  /** Runs `work` in one transaction; a throw rolls everything back. Work must not wait for anything but the unit. */
  unit<T>(work: (unit: MeshUnit) => Promise<T>): Promise<T>;
}
