import type { TableReport } from './describe-tables.ts';

/** Tables whose rows changed while another engine only rewrote their files; one sentence each. */
export function compareRewritten(
  before: readonly TableReport[],
  after: readonly TableReport[],
): readonly string[] {
  const later = new Map(after.map((report) => [report.table, report]));
  return before.flatMap((report) => {
    const rewritten = later.get(report.table);
    if (report.rows === undefined) return [];
    if (rewritten === undefined) return [`${report.table} is no table any more`];
    if (rewritten.rows !== report.rows || rewritten.rowsHash !== report.rowsHash) {
      return [
        `${report.table} had ${report.rows} rows, and other ones (${rewritten.rows ?? 'unreadable'}) after`,
      ];
    }
    if (JSON.stringify(rewritten.txns) !== JSON.stringify(report.txns))
      return [`${report.table} lost txn versions`];
    return [];
  });
}
