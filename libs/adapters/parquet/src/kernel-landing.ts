import {
  personalColumns,
  primaryPartitionColumns,
  primarySchema,
  type LandedFile,
  type LandedOutputs,
} from '@headwater/core-staging';
import { quoteName } from './database.ts';
import { ACCEPTED } from './engine-accepted-rows.ts';
import { copyToParquet } from './engine-copy.ts';
import { landQuarantine, rowColumnExpressions, servedRowColumns } from './engine-landing.ts';
import { groupRows, partitionExpressions } from './engine-partitioning.ts';
import type { KernelBatchState } from './kernel-batch-state.ts';
import type { KernelRows, ServedChunk } from './kernel-hand-over.ts';
import { gatherRows } from './kernel-rows.ts';
import { rowGroupRowsFor } from './parquet-options.ts';

/** Writes the outputs of a batch whose chunks are all sealed. */
export async function landKernelBatch(
  state: KernelBatchState,
  scratchFolder: string,
): Promise<LandedOutputs> {
  const { tools, input } = state;
  const chunks = state.chunks.toSorted((a, b) => a.partition - b.partition);
  const rows = gatherRows(input, tools.kernel, chunks);
  const guarded = { records: state.reader.doubts(), traps: tools.kernel.traps() - state.trapsBefore };
  // From here on the kernel holds nothing of the batch.
  tools.releaseKernel();
  state.refused.finish();
  const quarantine =
    state.refused.count() === 0 ? [] : [await landQuarantine(tools.connection, input, scratchFolder)];
  const source = tools.rowsFunction.register(rows);
  try {
    return {
      quarantine,
      primary: chunks.length === 0 ? [] : await landPrimary(state, source, rows, scratchFolder),
      counts: state.counts,
      reasons: state.tally.reasons(),
      guarded,
    };
  } finally {
    tools.rowsFunction.forget(source);
  }
}

async function landPrimary(
  { tools: { connection }, input }: KernelBatchState,
  source: string,
  rows: KernelRows,
  scratchFolder: string,
): Promise<readonly LandedFile[]> {
  const { bounds } = rows;
  const { contract } = input.pipeline;
  const partitionColumns = primaryPartitionColumns(contract);
  const target = {
    scratchFolder,
    schema: primarySchema(contract),
    tableProperties: input.pipeline.tableProperties,
    statsRules: { partitionColumns, personalColumns: personalColumns(contract) },
    rowGroupRows: rowGroupRowsFor(textBytesPerRow(rows.chunks)),
  };
  const values = contract.columns.flatMap(({ name }, index) =>
    partitionColumns.includes(name) ? [] : [`c${index} as ${quoteName(name)}`],
  );
  if (partitionColumns.length === 0) {
    const columns = [...values, ...servedRowColumns(input)].join();
    return [await copyToParquet(connection, `select ${columns} from ${source}`, {}, { ...target, bounds })];
  }
  // Texts may come as ENUM; the order of partitions is that of their texts.
  const plain = contract.columns.map(({ type }, index) =>
    type.kind === 'string' ? `c${index}::varchar as c${index}` : `c${index}`,
  );
  await connection.run(`create temp table ${ACCEPTED} as select ${plain.join()}, p, o, t from ${source}`);
  const columns = [...values, ...rowColumnExpressions(input)].join();
  const files: LandedFile[] = [];
  for (const group of await groupRows(connection, partitionExpressions(contract))) {
    files.push(await copyToParquet(connection, group.query(columns), group.values, target));
  }
  return files;
}

/** Bytes of texts too long for a cell, over all columns. */
function textBytesPerRow(chunks: readonly ServedChunk[]): number {
  let bytes = 0;
  let rows = 0;
  for (const chunk of chunks) {
    rows += chunk.rows;
    if (chunk.kind !== 'columns') continue;
    for (const { heapBytes } of chunk.columns.vectors) bytes += heapBytes;
  }
  return rows === 0 ? 0 : bytes / rows;
}
