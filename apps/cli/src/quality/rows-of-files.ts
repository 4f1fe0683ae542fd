import { quoteName, quoteText, type MeasuredRows } from '@headwater/adapter-parquet';
import type { CompiledContract } from '@headwater/core-contract';
import type { LandedFile } from '@headwater/core-staging';

/** The rows of files an engine wrote; columns the table is partitioned by are not in the files. */
export function rowsOfFiles(files: readonly LandedFile[], contract: CompiledContract): MeasuredRows {
  const select = files.map(selectFile).join(' union all by name ');
  return {
    select: select === '' ? noRows(contract) : select,
    files: files.map(({ localFile }) => localFile),
  };
}

function selectFile({ localFile, partitionValues }: LandedFile): string {
  const values = Object.entries(partitionValues).map(
    ([name, value]) => `${value === null ? 'null' : quoteText(value)} as ${quoteName(name)}`,
  );
  return `select ${['*', ...values].join(', ')} from read_parquet(${quoteText(localFile)})`;
}

const noRows = ({ columns }: CompiledContract): string =>
  `select ${columns.map(({ name }) => `null as ${quoteName(name)}`).join(', ')} where false`;
