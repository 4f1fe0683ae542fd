import { checksumFiles, type FileChecksums } from '@headwater/adapter-parquet';
import { withReadable } from '@headwater/core-delta';
import type { BalanceSheet } from '../balance/balance-sheet.ts';
import type { CommandContext } from '../context.ts';
import type { ConnectionGuide } from '../control-plane/types.ts';
import { formatCount } from '../output/format-values.ts';
import { withTable } from '../table/open-table.ts';
import type { BoundedRun } from './bounded-run.ts';

/**
 * True when the landed table holds exactly the first rows of the source file: the same count, and the same count and
 * checksum in each column. Also true when there is nothing to compare: events made up by us, or a topic that held
 * records of an earlier run as well.
 */
export async function compareWithSource(
  { terminal, messages }: CommandContext,
  { product, count }: BoundedRun,
  { tableUrl }: ConnectionGuide,
  { produced }: Pick<BalanceSheet, 'produced'>,
): Promise<boolean> {
  if (product.source === undefined || produced !== count) return true;
  const landed = await withTable(tableUrl, {}, async ({ store, snapshot }) => {
    const columns = snapshot.schema.fields.map(({ name }) => name).filter((name) => !name.startsWith('_'));
    const paths = [...snapshot.files.entries()].map(([path]) => path);
    return { columns, sums: await withReadable(store, paths, (files) => checksumFiles(files, columns)) };
  });
  const source = await checksumFiles([product.source], landed.columns, count);
  const unequal = unequalColumns(source, landed.sums);
  terminal.say(
    unequal.length === 0
      ? messages.demo.equal(formatCount(source.rows), landed.columns.join(', '))
      : messages.demo.unequal(unequal.join(', ')),
  );
  return unequal.length === 0;
}

function unequalColumns(source: FileChecksums, landed: FileChecksums): readonly string[] {
  const columns = source.columns
    .filter(({ values, checksum }, index) => {
      const other = landed.columns[index];
      return other?.values !== values || other.checksum !== checksum;
    })
    .map(({ column }) => column);
  return source.rows === landed.rows ? columns : ['count', ...columns];
}
