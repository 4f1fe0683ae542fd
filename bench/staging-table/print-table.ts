import type { TableRow } from './table-row.ts';

/** Prints the rows on stdout, columns side by side. */
export function printTable(rows: readonly TableRow[]): void {
  const cells = rows.map(({ work, against, goal, measured, isReached }) => [
    work,
    against,
    goal,
    measured,
    isReached ? 'reached' : 'NOT reached',
  ]);
  const lines = [['work', 'against', 'goal', 'measured', ''], ...cells];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines)
    process.stdout.write(
      `${line
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd()}\n`,
    );
}
