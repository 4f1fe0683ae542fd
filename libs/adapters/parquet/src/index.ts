export { createCheckpointFiles } from './checkpoint-files.ts';
export { openDatabase, quoteName, quoteText, type Database, type DatabaseLimits } from './database.ts';
export { readCopyResult, type CopyResult } from './copy-result.ts';
export {
  checksumFiles,
  readFileLines,
  type ColumnChecksum,
  type FileChecksums,
  type FileLines,
} from './file-lines.ts';
export { chooseEngine, createChosenEngine, type ChosenEngine, type EngineChoice } from './engine-choice.ts';
export { createDuckDbEngine, type DuckDbEngineOptions } from './engine-duckdb.ts';
export {
  countRowsInRanges,
  primaryCoordinates,
  quarantineCoordinates,
  type CoordinateColumns,
  type RowsAmong,
} from './range-rows.ts';
export {
  compareCoordinates,
  compareRefusals,
  copyRest,
  countRowsInside,
  type CopyRest,
  type RangesOfTopic,
  type SwapFileNames,
} from './swap-rows.ts';
export { readTableRows, type RowsSource } from './table-rows.ts';
export { readCoordinates } from './engine-coordinates.ts';
export {
  copyWithoutRecords,
  readLandedCoordinates,
  readReplayCoordinates,
  readReplayRows,
  type ReplayQuery,
  type ReplayRow,
} from './replay-rows.ts';
export { readQuarantineRows } from './quarantine-rows.ts';
export {
  openBalanceJoin,
  type BalanceCounts,
  type BalancedRange,
  type BalancedRecord,
  type BalanceExample,
  type BalanceJoin,
} from './balance-join.ts';
export { measureQuality, type MeasuredRows, type MeasureLimits } from './quality-measure.ts';
export { withTableRelation } from './table-relation.ts';
export { countRefusals, type RefusalCount } from './refusal-counts.ts';
