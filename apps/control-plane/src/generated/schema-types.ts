// Generated from the SDL of the features by schema/generate-types.ts; `npx vitest run -u apps/control-plane/src/schema` writes it again.
// DateTime and Duration are milliseconds, BigInt is bigint. Fields that lead to other entities, or take arguments, are
// left out of entities: a resolver of their own answers them.

export type Role = 'PUBLIC' | 'VIEWER' | 'MEMBER' | 'ADMIN';

export interface UserError {
  readonly code: string;
  readonly message: string;
  readonly fix?: string | null | undefined;
  readonly path: readonly string[];
  readonly docUrl?: string | null | undefined;
}

export interface Viewer {
  readonly name: string;
  readonly role: Role;
}

export interface ApiToken {
  readonly __typename: 'ApiToken';
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly prefix: string;
  readonly createdAt: number;
  readonly expiresAt?: number | null | undefined;
  readonly revokedAt?: number | null | undefined;
}

export interface Installation {
  readonly version: string;
  readonly insecure: boolean;
  readonly kafkaBootstrapServers: string;
  readonly schemaRegistryUrl: string;
  readonly lakeUrl: string;
}

export interface CreateTokenInput {
  readonly name: string;
  readonly role: Role;
  readonly team?: string | null | undefined;
  readonly expiresIn?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface CreateTokenPayload {
  readonly token?: ApiToken | null | undefined;
  readonly secret?: string | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface RevokeTokenInput {
  readonly id: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface RevokeTokenPayload {
  readonly token?: ApiToken | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface Domain {
  readonly __typename: 'Domain';
  readonly id: string;
  readonly name: string;
  readonly title?: string | null | undefined;
  readonly createdAt: number;
  readonly version: number;
}

export interface CreateDomainInput {
  readonly name: string;
  readonly title?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface CreateDomainPayload {
  readonly domain?: Domain | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface Team {
  readonly __typename: 'Team';
  readonly id: string;
  readonly name: string;
  readonly contact?: string | null | undefined;
  readonly createdAt: number;
  readonly version: number;
}

export interface CreateTeamInput {
  readonly name: string;
  readonly domain: string;
  readonly contact?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface CreateTeamPayload {
  readonly team?: Team | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface Application {
  readonly __typename: 'Application';
  readonly id: string;
  readonly name: string;
  readonly principal: string;
  readonly createdAt: number;
  readonly version: number;
}

export interface ApplicationRead {
  readonly __typename: 'ApplicationRead';
  readonly id: string;
  readonly port: OutputPortKind;
  readonly fields?: readonly string[] | null | undefined;
  readonly versionRange?: string | null | undefined;
  readonly schemaType?: RegistrySchemaType | null | undefined;
  readonly consumerGroup?: string | null | undefined;
  readonly declaredBy: string;
  readonly declaredAt: number;
}

export type RegistrySchemaType = 'AVRO' | 'JSON' | 'PROTOBUF';

export interface DeclareReadInput {
  readonly application: string;
  readonly product: string;
  readonly port?: OutputPortKind | null | undefined;
  readonly fields?: readonly string[] | null | undefined;
  readonly versionRange?: string | null | undefined;
  readonly schema?: ReaderSchemaInput | null | undefined;
  readonly consumerGroup?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface ReaderSchemaInput {
  readonly type: RegistrySchemaType;
  readonly text: string;
}

export interface DeclareReadPayload {
  readonly read?: ApplicationRead | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface WithdrawReadInput {
  readonly application: string;
  readonly product: string;
  readonly port?: OutputPortKind | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface WithdrawReadPayload {
  readonly application?: Application | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface RegisterApplicationInput {
  readonly name: string;
  readonly team: string;
  readonly principal?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface RegisterApplicationPayload {
  readonly application?: Application | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type DataProductStatus = 'PROPOSED' | 'DRAFT' | 'ACTIVE' | 'DEPRECATED' | 'RETIRED';

export interface DataProduct {
  readonly __typename: 'DataProduct';
  readonly id: string;
  readonly qualifiedName: string;
  readonly name: string;
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly status: DataProductStatus;
  readonly createdAt: number;
  readonly retiredAt?: number | null | undefined;
  readonly version: number;
  readonly retention?: RetentionPolicy | null | undefined;
  readonly connection?: ConnectionGuide | null | undefined;
}

export type OutputPortKind = 'TOPIC' | 'TABLE';

export interface OutputPort {
  readonly __typename: 'OutputPort';
  readonly id: string;
  readonly kind: OutputPortKind;
  readonly location: string;
  readonly valueSubject?: string | null | undefined;
}

export interface ConnectionGuide {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly tableUrl: string;
  readonly quarantineUrl: string;
  readonly snippets: readonly Snippet[];
}

export type SnippetLanguage = 'JAVASCRIPT' | 'JAVA' | 'PYTHON' | 'SQL';

export interface Snippet {
  readonly title: string;
  readonly language: SnippetLanguage;
  readonly code: string;
}

export interface OnboardDataProductInput {
  readonly domain?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly owner?: string | null | undefined;
  readonly contract?: string | null | undefined;
  readonly samples?: readonly string[] | null | undefined;
  readonly topic?: TopicOptionsInput | null | undefined;
  readonly retention?: RetentionOptionsInput | null | undefined;
  readonly staging?: StagingOptionsInput | null | undefined;
  readonly askReaders?: boolean | null | undefined;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface TopicOptionsInput {
  readonly name?: string | null | undefined;
  readonly partitions?: number | null | undefined;
  readonly replicationFactor?: number | null | undefined;
}

export interface RetentionOptionsInput {
  readonly period?: number | null | undefined;
  readonly mode?: RetentionMode | null | undefined;
}

export interface StagingOptionsInput {
  readonly flushInterval?: number | null | undefined;
  readonly flushBytes?: bigint | null | undefined;
}

export interface OnboardDataProductPayload {
  readonly dataProduct?: DataProduct | null | undefined;
  readonly changeRequest?: ChangeRequest | null | undefined;
  readonly plan?: Plan | null | undefined;
  readonly advice?: ChangeAdvice | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type TableDisposition = 'KEEP' | 'DELETE';

export interface RetireDataProductInput {
  readonly product: string;
  readonly reason: string;
  readonly confirmDataLoss?: string | null | undefined;
  readonly tables: TableDisposition;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface RetireDataProductPayload {
  readonly dataProduct?: DataProduct | null | undefined;
  readonly changeRequest?: ChangeRequest | null | undefined;
  readonly plan?: Plan | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface DataContract {
  readonly __typename: 'DataContract';
  readonly id: string;
  readonly contractId: string;
  readonly contractVersion: string;
  readonly createdAt: number;
  readonly isInForce: boolean;
  readonly yaml: string;
  readonly jsonSchema: string;
  readonly properties: readonly ContractProperty[];
  readonly purpose?: string | null | undefined;
  readonly usage?: string | null | undefined;
  readonly limitations?: string | null | undefined;
  readonly promises: readonly ContractPromise[];
  readonly changelog?: ContractChangelog | null | undefined;
}

export interface ContractPromise {
  readonly property: string;
  readonly value: string;
  readonly unit?: string | null | undefined;
  readonly element?: string | null | undefined;
}

export type ContractClassification = 'BREAKING' | 'COMPATIBLE' | 'DOCS' | 'NONE';

export interface ContractChangelog {
  readonly previousVersion: string;
  readonly classification: ContractClassification;
  readonly neededVersion: string;
  readonly changes: readonly ContractChange[];
}

export interface ContractChange {
  readonly path: string;
  readonly kind: string;
  readonly classification: ContractClassification;
  readonly message: string;
}

export interface ContractProperty {
  readonly name: string;
  readonly column: string;
  readonly type: string;
  readonly required: boolean;
  readonly classification?: string | null | undefined;
  readonly personal: boolean;
}

export type LintSeverity = 'ERROR' | 'WARNING' | 'INFO';

export interface LintFinding {
  readonly severity: LintSeverity;
  readonly rule: string;
  readonly message: string;
  readonly fix?: string | null | undefined;
  readonly path: string;
  readonly line?: number | null | undefined;
  readonly column?: number | null | undefined;
}

export interface ContractLint {
  readonly isValid: boolean;
  readonly findings: readonly LintFinding[];
}

export interface InferredContract {
  readonly yaml: string;
  readonly properties: readonly ContractProperty[];
  readonly findings: readonly LintFinding[];
  readonly sampleCount: number;
}

export interface InferContractResult {
  readonly contract?: InferredContract | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface InferContractInput {
  readonly domain: string;
  readonly name: string;
  readonly owner?: string | null | undefined;
  readonly samples: readonly string[];
}

export type ReaderVerdict = 'BREAKS' | 'MIGRATES' | 'UNAFFECTED';

export type RolloutOrder = 'ANY' | 'READERS_FIRST' | 'WRITERS_FIRST' | 'NONE';

export interface ChangeAdvice {
  readonly previousVersion: string;
  readonly contractVersion: string;
  readonly neededVersion: string;
  readonly isVersionEnough: boolean;
  readonly classification: ContractClassification;
  readonly changes: readonly ContractChange[];
  readonly compatibility: readonly ModeVerdict[];
  readonly readers: readonly ReaderImpact[];
  readonly writers: readonly ImpactReason[];
  readonly rolloutOrder: RolloutOrder;
  readonly unknownReaders?: readonly string[] | null | undefined;
  readonly bridge?: ContractBridge | null | undefined;
}

export interface ModeVerdict {
  readonly mode: string;
  readonly compatible: boolean;
  readonly violations: readonly SchemaViolation[];
}

export interface SchemaViolation {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
}

export interface ReaderImpact {
  readonly port: OutputPortKind;
  readonly verdict: ReaderVerdict;
  readonly reasons: readonly ImpactReason[];
}

export interface ImpactReason {
  readonly field?: string | null | undefined;
  readonly rule: string;
  readonly message: string;
}

export interface ContractBridge {
  readonly contract: string;
  readonly contractVersion: string;
  readonly steps: readonly string[];
}

export interface ChangeAdviceResult {
  readonly advice?: ChangeAdvice | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface AdviseContractChangeInput {
  readonly product?: string | null | undefined;
  readonly contract: string;
}

export interface PublishContractVersionInput {
  readonly product?: string | null | undefined;
  readonly contract: string;
  readonly askReaders?: boolean | null | undefined;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface PublishContractVersionPayload {
  readonly dataProduct?: DataProduct | null | undefined;
  readonly changeRequest?: ChangeRequest | null | undefined;
  readonly plan?: Plan | null | undefined;
  readonly advice?: ChangeAdvice | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type Drift = 'NONE' | 'MISSING' | 'CHANGED' | 'UNMANAGED';

export interface Topic {
  readonly __typename: 'Topic';
  readonly id: string;
  readonly name: string;
  readonly topicId?: string | null | undefined;
  readonly partitions?: number | null | undefined;
  readonly replicationFactor?: number | null | undefined;
  readonly configs: readonly TopicConfig[];
  readonly observedAt?: number | null | undefined;
  readonly drift: Drift;
  readonly differences: readonly Difference[];
}

export interface TopicConfig {
  readonly key: string;
  readonly value: string;
}

export interface Difference {
  readonly setting: string;
  readonly desired?: string | null | undefined;
  readonly observed?: string | null | undefined;
}

export interface InventoryStatus {
  readonly observedAt?: number | null | undefined;
  readonly topicCount: number;
  readonly subjectCount: number;
  readonly brokerCount?: number | null | undefined;
  readonly error?: UserError | null | undefined;
}

export type PipelineState = 'RUNNING' | 'PAUSED' | 'RETIRED';

export type LaneState =
  'UNOWNED' | 'STARTING' | 'RUNNING' | 'PAUSED' | 'STOPPED_BY_INCIDENT' | 'DRAINING' | 'STOPPED';

export interface StagingPipeline {
  readonly __typename: 'StagingPipeline';
  readonly id: string;
  readonly pipelineId: string;
  readonly topicName: string;
  readonly tableUrl: string;
  readonly quarantineUrl: string;
  readonly desiredState: PipelineState;
  readonly laneCount: number;
  readonly poisonPolicy: PoisonPolicy;
  readonly version: number;
  readonly status: PipelineStatus;
}

export type PoisonAction = 'PAUSE' | 'CONTINUE';

export interface PoisonPolicy {
  readonly share: number;
  readonly windowRecords: number;
  readonly window: number;
  readonly action: PoisonAction;
}

export interface PipelineStatus {
  readonly pipelineId: string;
  readonly productName: string;
  readonly desiredState: PipelineState;
  readonly reportedAt?: number | null | undefined;
  readonly lanes: readonly LaneStatus[];
  readonly lagRecords?: bigint | null | undefined;
  readonly lagSeconds?: number | null | undefined;
  readonly recordsPerSecond?: number | null | undefined;
  readonly bytesPerSecond?: number | null | undefined;
  readonly lastCommitAt?: number | null | undefined;
  readonly table: TableStatus;
  readonly quarantineTable: TableStatus;
  readonly ledger: LedgerTotals;
}

export interface LaneStatus {
  readonly lane: number;
  readonly state: LaneState;
  readonly engine?: string | null | undefined;
  readonly owner?: string | null | undefined;
  readonly fence?: bigint | null | undefined;
  readonly reportedAt?: number | null | undefined;
  readonly recordsPerSecond?: number | null | undefined;
  readonly bytesPerSecond?: number | null | undefined;
  readonly lastCommitAt?: number | null | undefined;
  readonly tableVersion?: bigint | null | undefined;
  readonly partitions: readonly PartitionStatus[];
  readonly engineReason?: string | null | undefined;
  readonly activity?: LaneActivity | null | undefined;
  readonly error?: LaneError | null | undefined;
}

export interface LaneActivity {
  readonly batchId: string;
  readonly phase: string;
  readonly records: bigint;
  readonly bytes: bigint;
  readonly since?: number | null | undefined;
}

export interface LaneError {
  readonly code: string;
  readonly message: string;
  readonly fix?: string | null | undefined;
}

export interface PartitionStatus {
  readonly partition: number;
  readonly nextOffset: bigint;
  readonly highWatermark: bigint;
  readonly lagRecords: bigint;
  readonly lagSeconds?: number | null | undefined;
}

export interface TableStatus {
  readonly url: string;
  readonly version?: bigint | null | undefined;
  readonly files?: number | null | undefined;
  readonly bytes?: bigint | null | undefined;
  readonly rows?: bigint | null | undefined;
  readonly observedAt?: number | null | undefined;
}

export interface LedgerTotals {
  readonly offsets: bigint;
  readonly landed: bigint;
  readonly deduplicated: bigint;
  readonly quarantined: bigint;
  readonly lateTable: bigint;
  readonly tombstones: bigint;
  readonly control: bigint;
  readonly aborted: bigint;
  readonly absent: bigint;
  readonly suppressed: bigint;
  readonly acceptedLoss: bigint;
  readonly skippedByPolicy: bigint;
  readonly isBalanced: boolean;
}

export interface LedgerEntry {
  readonly batchId: string;
  readonly batchSeq: number;
  readonly lane: number;
  readonly tableVersion: bigint;
  readonly committedAt: number;
  readonly contractVersion: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly totals: LedgerTotals;
}

export interface PausePipelineInput {
  readonly product: string;
  readonly reason: string;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface PausePipelinePayload {
  readonly pipeline?: StagingPipeline | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface DrainPipelineInput {
  readonly product: string;
  readonly reason: string;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface DrainPipelinePayload {
  readonly pipeline?: StagingPipeline | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface SetLaneCountInput {
  readonly product: string;
  readonly count: number;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface SetLaneCountPayload {
  readonly pipeline?: StagingPipeline | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface SetPoisonPolicyInput {
  readonly product: string;
  readonly share: number;
  readonly windowRecords: number;
  readonly window: number;
  readonly action: PoisonAction;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface SetPoisonPolicyPayload {
  readonly pipeline?: StagingPipeline | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface ResumePipelineInput {
  readonly product: string;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface ResumePipelinePayload {
  readonly pipeline?: StagingPipeline | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type QualityStatus = 'PASSED' | 'WARNING' | 'FAILED' | 'ERROR' | 'SKIPPED';

export type QualityTrigger = 'COMMIT' | 'ASKED';

export interface QualityRun {
  readonly __typename: 'QualityRun';
  readonly id: string;
  readonly status: QualityStatus;
  readonly contractVersion: string;
  readonly tableVersion?: bigint | null | undefined;
  readonly rows?: bigint | null | undefined;
  readonly trigger: QualityTrigger;
  readonly measuredAt: number;
  readonly checks: readonly QualityCheckResult[];
}

export interface QualityCheckResult {
  readonly path: string;
  readonly name: string;
  readonly status: QualityStatus;
  readonly measured?: number | null | undefined;
  readonly rows?: bigint | null | undefined;
  readonly message: string;
}

export interface MeasureQualityInput {
  readonly product: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface MeasureQualityPayload {
  readonly qualityRun?: QualityRun | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface QuarantineGroup {
  readonly key: string;
  readonly stage: string;
  readonly reason: string;
  readonly path: string;
  readonly records: bigint;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly examplePartition: number;
  readonly exampleOffset: bigint;
}

export interface QuarantinedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number;
  readonly stage: string;
  readonly rule: string;
  readonly path: string;
  readonly reason: string;
  readonly contractVersion: string;
  readonly isMasked: boolean;
  readonly value?: string | null | undefined;
  readonly key?: string | null | undefined;
}

export interface RevealQuarantinedRecordsInput {
  readonly product: string;
  readonly reason: string;
  readonly coordinates: readonly RecordCoordinatesInput[];
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface RecordCoordinatesInput {
  readonly partition: number;
  readonly offset: bigint;
}

export interface RevealQuarantinedRecordsPayload {
  readonly records: readonly QuarantinedRecord[];
  readonly userErrors: readonly UserError[];
}

export type IncidentStatus = 'OPEN' | 'LOSS_ACCEPTED' | 'RESOLVED';

export interface Incident {
  readonly __typename: 'Incident';
  readonly id: string;
  readonly kind: string;
  readonly status: IncidentStatus;
  readonly partition?: number | null | undefined;
  readonly from?: bigint | null | undefined;
  readonly to?: bigint | null | undefined;
  readonly cause: string;
  readonly fix: string;
  readonly openedAt: number;
  readonly lastSeenAt: number;
  readonly resolvedAt?: number | null | undefined;
  readonly occurrences: number;
  readonly acceptedBy?: string | null | undefined;
  readonly acceptedAt?: number | null | undefined;
  readonly acceptedReason?: string | null | undefined;
  readonly resolvedBy?: string | null | undefined;
  readonly samples: readonly IncidentSample[];
  readonly version: number;
}

export interface IncidentSample {
  readonly stage: string;
  readonly reason: string;
  readonly path: string;
  readonly records: bigint;
  readonly partition: number;
  readonly offset: bigint;
}

export interface ResolveIncidentInput {
  readonly incident: string;
  readonly reason: string;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface ResolveIncidentPayload {
  readonly incident?: Incident | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface AcceptLossInput {
  readonly incident: string;
  readonly reason: string;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface AcceptLossPayload {
  readonly incident?: Incident | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type OperationStatus = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ROLLED_BACK';

export type OperationStepStatus = 'PENDING' | 'RUNNING' | 'DONE' | 'FAILED' | 'ROLLED_BACK';

export interface Operation {
  readonly __typename: 'Operation';
  readonly id: string;
  readonly kind: string;
  readonly status: OperationStatus;
  readonly progress: number;
  readonly createdAt: number;
  readonly startedAt?: number | null | undefined;
  readonly finishedAt?: number | null | undefined;
  readonly steps: readonly OperationStep[];
  readonly error?: UserError | null | undefined;
  readonly traceId?: string | null | undefined;
  readonly plan?: Plan | null | undefined;
}

export interface OperationStep {
  readonly position: number;
  readonly title: string;
  readonly status: OperationStepStatus;
  readonly detail?: string | null | undefined;
  readonly startedAt?: number | null | undefined;
  readonly finishedAt?: number | null | undefined;
}

export interface ResumeOperationInput {
  readonly id: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface ResumeOperationPayload {
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type OperatingKind = 'REPLAY' | 'BACKFILL' | 'RESTART' | 'SWAP' | 'UNDO_SWAP';

export type OperatingPlanState =
  'PLANNING' | 'PREVIEWED' | 'APPLYING' | 'APPLIED' | 'SUPERSEDED' | 'REFUSED' | 'FAILED';

export interface OperatingPlan {
  readonly id: string;
  readonly kind: OperatingKind;
  readonly state: OperatingPlanState;
  readonly hash?: string | null | undefined;
  readonly records?: bigint | null | undefined;
  readonly bytes?: bigint | null | undefined;
  readonly ranges: readonly OperatingRange[];
  readonly backfillId?: string | null | undefined;
  readonly tables: readonly string[];
  readonly details: readonly string[];
  readonly progress?: OperatingProgress | null | undefined;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly computedAt?: number | null | undefined;
  readonly finishedAt?: number | null | undefined;
  readonly error?: UserError | null | undefined;
}

export interface OperatingRange {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly records: bigint;
}

export interface OperatingProgress {
  readonly records: bigint;
  readonly landed: bigint;
  readonly refused: bigint;
}

export interface PlanReplayInput {
  readonly product: string;
  readonly group?: ReplayGroupInput | null | undefined;
  readonly limit?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface ReplayGroupInput {
  readonly stage?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly path?: string | null | undefined;
}

export interface PlanReplayPayload {
  readonly operatingPlan?: OperatingPlan | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface PlanBackfillInput {
  readonly product: string;
  readonly ranges?: readonly OffsetRangeInput[] | null | undefined;
  readonly fromTime?: number | null | undefined;
  readonly toTime?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface OffsetRangeInput {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

export interface PlanBackfillPayload {
  readonly operatingPlan?: OperatingPlan | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface PlanRestartInput {
  readonly product: string;
  readonly fromEarliest?: boolean | null | undefined;
  readonly atTime?: number | null | undefined;
  readonly offsets?: readonly PartitionOffsetInput[] | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface PartitionOffsetInput {
  readonly partition: number;
  readonly offset: bigint;
}

export interface PlanRestartPayload {
  readonly operatingPlan?: OperatingPlan | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface PlanSwapInput {
  readonly product: string;
  readonly backfillId: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface PlanSwapPayload {
  readonly operatingPlan?: OperatingPlan | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface PlanSwapUndoInput {
  readonly product: string;
  readonly backfillId: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface PlanSwapUndoPayload {
  readonly operatingPlan?: OperatingPlan | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface ApplyOperatingPlanInput {
  readonly product: string;
  readonly planHash: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface ApplyOperatingPlanPayload {
  readonly operatingPlan?: OperatingPlan | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type ChangeRequestStatus =
  'PROPOSED' | 'APPROVED' | 'DECLINED' | 'WITHDRAWN' | 'EXPIRED' | 'REFUSED' | 'APPLIED';

export type ChangeRequestKind = 'CREATE' | 'UPDATE' | 'RETIRE';

export interface ChangeRequest {
  readonly __typename: 'ChangeRequest';
  readonly id: string;
  readonly kind: ChangeRequestKind;
  readonly status: ChangeRequestStatus;
  readonly productName: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly plan: Plan;
  readonly approvals: readonly Approval[];
  readonly version: number;
}

export interface Approval {
  readonly decision: string;
  readonly by: string;
  readonly at: number;
  readonly reason?: string | null | undefined;
  readonly planHash: string;
}

export type ChangeAction = 'CREATE' | 'UPDATE' | 'REPLACE' | 'DELETE' | 'NONE';

export type Risk = 'NONE' | 'LOW' | 'HIGH';

export type ResourceKind =
  'DOMAIN' | 'TEAM' | 'TOPIC' | 'SUBJECT' | 'PIPELINE' | 'TABLE' | 'RETENTION' | 'DATA_PRODUCT';

export interface Plan {
  readonly hash: string;
  readonly changes: readonly Change[];
  readonly findings: readonly PolicyFinding[];
  readonly dataLoss: boolean;
  readonly needsApproval: boolean;
}

export interface Change {
  readonly action: ChangeAction;
  readonly resource: ResourceKind;
  readonly name: string;
  readonly before?: unknown | null | undefined;
  readonly after?: unknown | null | undefined;
  readonly risk: Risk;
  readonly dataLoss: boolean;
  readonly reason: string;
}

export type PolicyMode = 'BLOCK' | 'APPROVE' | 'WARN';

export interface PolicyFinding {
  readonly rule: string;
  readonly mode: PolicyMode;
  readonly message: string;
  readonly fix: string;
  readonly path: string;
}

export interface ApproveChangeRequestInput {
  readonly id: string;
  readonly planHash: string;
  readonly reason?: string | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface ApproveChangeRequestPayload {
  readonly changeRequest?: ChangeRequest | null | undefined;
  readonly plan?: Plan | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface DeclineChangeRequestInput {
  readonly id: string;
  readonly reason: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface DeclineChangeRequestPayload {
  readonly changeRequest?: ChangeRequest | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface WithdrawChangeRequestInput {
  readonly id: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface WithdrawChangeRequestPayload {
  readonly changeRequest?: ChangeRequest | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type ReviewTaskStatus = 'OPEN' | 'APPROVED' | 'ACKNOWLEDGED' | 'REJECTED' | 'CANCELLED';

export type ReviewDecision = 'APPROVED' | 'ACKNOWLEDGED' | 'REJECTED';

export interface ReviewTask {
  readonly __typename: 'ReviewTask';
  readonly id: string;
  readonly status: ReviewTaskStatus;
  readonly verdict: ReaderVerdict;
  readonly reasons: readonly ImpactReason[];
  readonly createdAt: number;
  readonly decidedBy?: string | null | undefined;
  readonly decidedAt?: number | null | undefined;
  readonly decisionReason?: string | null | undefined;
  readonly version: number;
}

export interface CompleteReviewTaskInput {
  readonly id: string;
  readonly decision: ReviewDecision;
  readonly reason: string;
  readonly expectedVersion?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface CompleteReviewTaskPayload {
  readonly reviewTask?: ReviewTask | null | undefined;
  readonly changeRequest?: ChangeRequest | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export type RetentionMode = 'STAGING_FIRST' | 'PROMISE_FIRST';

export interface RetentionPolicy {
  readonly period: number;
  readonly mode: RetentionMode;
  readonly topicConfigs: readonly TopicConfig[];
  readonly version: number;
}

export type RetentionCopyKind =
  'TOPIC' | 'TABLE' | 'REMOVED_FILES' | 'LOG_ENTRIES' | 'QUARANTINE' | 'INTENTS';

export interface RetentionCopy {
  readonly kind: RetentionCopyKind;
  readonly location: string;
  readonly worstCaseDays?: number | null | undefined;
  readonly oldestAt?: number | null | undefined;
  readonly keepsPromise: boolean;
  readonly explanation: string;
  readonly fix?: string | null | undefined;
}

export interface RetentionLedger {
  readonly productName: string;
  readonly promise: number;
  readonly promiseDays: number;
  readonly worstCaseDays?: number | null | undefined;
  readonly keepsPromise: boolean;
  readonly copies: readonly RetentionCopy[];
  readonly computedAt: number;
}

export interface RetentionPlan {
  readonly __typename: 'RetentionPlan';
  readonly id: string;
  readonly hash: string;
  readonly state: RetentionPlanState;
  readonly productName: string;
  readonly computedAt: number;
  readonly appliedAt?: number | null | undefined;
  readonly waitsBecause?: string | null | undefined;
  readonly actions: readonly RetentionAction[];
  readonly kept: readonly RetentionKept[];
}

export type RetentionPlanState = 'PREVIEWED' | 'APPLYING' | 'APPLIED' | 'SUPERSEDED' | 'REFUSED' | 'FAILED';

export interface RetentionKept {
  readonly target: string;
  readonly reason: string;
}

export interface RetentionAction {
  readonly action: string;
  readonly target: string;
  readonly detail: string;
  readonly records?: bigint | null | undefined;
  readonly bytes?: bigint | null | undefined;
  readonly files?: number | null | undefined;
  readonly oldestAt?: number | null | undefined;
  readonly newestAt?: number | null | undefined;
  readonly heldBackBy?: string | null | undefined;
}

export interface PlanRetentionInput {
  readonly product: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface PlanRetentionPayload {
  readonly retentionPlan?: RetentionPlan | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface ApplyRetentionInput {
  readonly product: string;
  readonly planHash: string;
  readonly idempotencyKey?: string | null | undefined;
  readonly dryRun?: boolean | null | undefined;
}

export interface ApplyRetentionPayload {
  readonly retentionPlan?: RetentionPlan | null | undefined;
  readonly operation?: Operation | null | undefined;
  readonly userErrors: readonly UserError[];
}

export interface AuditEvent {
  readonly __typename: 'AuditEvent';
  readonly id: string;
  readonly sequence: bigint;
  readonly at: number;
  readonly actor: string;
  readonly event: string;
  readonly subject: string;
  readonly facts: unknown;
  readonly hash: string;
  readonly previousHash: string;
}

export interface AuditVerification {
  readonly isIntact: boolean;
  readonly events: bigint;
  readonly brokenAt?: bigint | null | undefined;
  readonly message: string;
}
