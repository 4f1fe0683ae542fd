export * from './accepted-loss.ts';
export * from './app-ids.ts';
export * from './assignment.ts';
export * from './backfill.ts';
export * from './batch-decision.ts';
export * from './batch-log.ts';
export * from './begin-store.ts';
export * from './binding-set.ts';
export * from './byte-budget.ts';
export * from './commit-plan.ts';
export * from './drain.ts';
export * from './epoch.ts';
export * from './epoch-commit.ts';
export * from './fault-point.ts';
export * from './incident-judgement.ts';
export * from './intent.ts';
export * from './intent-store.ts';
export * from './joint-commit.ts';
export * from './lane-state.ts';
export * from './lease-clock.ts';
export * from './ledger.ts';
export * from './ledger-balance.ts';
export * from './lineage.ts';
export * from './lineage-store.ts';
export * from './offset-range.ts';
export * from './operating.ts';
export * from './partition-account.ts';
export * from './pipeline.ts';
export * from './poison-policy.ts';
export * from './poison.ts';
export * from './ports.ts';
export type { QuarantineQuery, QuarantineRow } from './quarantine-row.ts';
export * from './range-files.ts';
export type {
  CompressionType,
  RecordBatch,
  RecordBatchCodecs,
  RecordSetCoordinates,
} from './record-batch.ts';
export { RECORD_BATCH_OVERHEAD, wholeBatchesLength } from './record-batch.ts';
export { encodeKeptRecords, type KeptRecord } from './record-batch-encode.ts';
export { findFirstGap, type OffsetGap } from './record-batch-gap.ts';
export type { RecordHeader, ScannedRecord } from './record-batch-records.ts';
export { recordHeaders, recordKey, recordOffset, recordValue } from './record-batch-records.ts';
export type {
  BatchTally,
  RecordSetScanner,
  RecordVisitor,
  ScannerOptions,
  StoredBatch,
} from './record-batch-scan.ts';
export { createRecordSetScanner } from './record-batch-scan.ts';
export * from './record-set-engine.ts';
export * from './record-source.ts';
export * from './replay.ts';
export * from './restart.ts';
export * from './schema-change.ts';
export * from './staging-tables.ts';
export * from './swap.ts';
export * from './swap-commit.ts';
export * from './swap-files.ts';
export * from './swap-intent.ts';
export * from './swap-undo.ts';
export * from './takeover.ts';
export { encodeSampleRecordSet } from './sample-record-set.ts';
