import {
  BIGINT,
  DuckDBDataChunk,
  INTEGER,
  TIMESTAMPTZ,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api';
import duck from '@duckdb/node-bindings';
import type { CompiledContract, RecordSlots } from '@headwater/core-contract';
import type { ScannedRecord } from '@headwater/core-staging';
import { createColumnBuffer, type ColumnBuffer } from './engine-column-buffer.ts';
import { CHUNK_ROWS } from './engine-vector-copy.ts';
import { toDuckDbType } from './engine-column-types.ts';
import { createRowPositions, type RowPositions } from './engine-row-position.ts';

/** Table of accepted rows in the batch's own connection: c0, c1, ... in contract order, then p, o, t. */
export const ACCEPTED = 'accepted';

/** Chunk and column buffers of one contract. Reused from batch to batch, one batch at a time. */
export interface RowBuffers {
  readonly types: readonly DuckDBType[];
  readonly columns: readonly ColumnBuffer[];
  readonly positions: RowPositions;
  readonly chunk: DuckDBDataChunk;
}

export function createRowBuffers(contract: CompiledContract): RowBuffers {
  const types = [...contract.columns.map(({ type }) => toDuckDbType(type)), INTEGER, BIGINT, TIMESTAMPTZ];
  return {
    types,
    columns: contract.columns.map(({ type }) => createColumnBuffer(type)),
    positions: createRowPositions(),
    chunk: DuckDBDataChunk.create(types),
  };
}

export interface AcceptedRows {
  /** Takes the values of the record judged last. */
  append(partition: number, record: ScannedRecord, slots: RecordSlots): void;
  /** The bytes of the records so far are another's from here on. */
  keep(): void;
  /** Number of rows so far. */
  count(): number;
  /** Moves every row into the table; nothing can be appended after. */
  finish(): void;
}

export async function openAcceptedRows(
  connection: DuckDBConnection,
  buffers: RowBuffers,
): Promise<AcceptedRows> {
  const { types } = buffers;
  const names = types.map((_, index) =>
    index < types.length - 3 ? `c${index}` : 'pot'[index - types.length + 3]!,
  );
  await connection.run(
    `create temp table ${ACCEPTED} (${names.map((name, index) => `${name} ${types[index]!.toString()}`).join()})`,
  );
  const appender = await connection.createAppender(ACCEPTED);
  return createAcceptedRows(appender, buffers);
}

function createAcceptedRows(appender: DuckDBAppender, buffers: RowBuffers): AcceptedRows {
  const { columns, positions } = buffers;
  let rows = 0;
  let total = 0;
  const flush = () => {
    flushChunk(appender, buffers, rows);
    rows = 0;
  };
  return {
    append(partition, record, slots) {
      for (let index = 0; index < columns.length; index++)
        columns[index]!.set(rows, slots, index, record.bytes);
      positions.set(rows, partition, record);
      total++;
      if (++rows === CHUNK_ROWS) flush();
    },
    keep() {
      for (const column of columns) column.keep();
    },
    count: () => total,
    finish() {
      flush();
      appender.closeSync();
    },
  };
}

function flushChunk(appender: DuckDBAppender, { chunk, columns, positions }: RowBuffers, rows: number): void {
  if (rows === 0) return;
  chunk.reset();
  const vector = (index: number) => duck.data_chunk_get_vector(chunk.chunk, index);
  for (const [index, column] of columns.entries()) column.flush(vector(index), rows);
  const first = columns.length;
  positions.flush(
    { partition: vector(first), offset: vector(first + 1), timestamp: vector(first + 2) },
    rows,
  );
  chunk.rowCount = rows;
  appender.appendDataChunk(chunk);
}
