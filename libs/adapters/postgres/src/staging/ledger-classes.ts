import type { LedgerClass, LedgerClasses } from '@headwater/core-staging';

/** Ledger class -> column, in the order of the columns. */
export const ledgerColumns: readonly (readonly [LedgerClass, string])[] = [
  ['landed', 'landed'],
  ['deduplicated', 'deduplicated'],
  ['quarantined', 'quarantined'],
  ['lateTable', 'late_table'],
  ['tombstones', 'tombstones'],
  ['control', 'control'],
  ['aborted', 'aborted'],
  ['absent', 'absent'],
  ['suppressed', 'suppressed'],
  ['acceptedLoss', 'accepted_loss'],
  ['skippedByPolicy', 'skipped_by_policy'],
];

export const ledgerColumnNames = ledgerColumns.map(([, column]) => column);

/** Reads the class columns of a row; Postgres gives 64 bit integers as text. */
export const toLedgerClasses = (row: Readonly<Record<string, unknown>>): LedgerClasses =>
  Object.fromEntries(
    ledgerColumns.map(([name, column]) => [name, BigInt(String(row[column] ?? 0))]),
  ) as unknown as LedgerClasses;

export const noRecords: LedgerClasses = toLedgerClasses({});
