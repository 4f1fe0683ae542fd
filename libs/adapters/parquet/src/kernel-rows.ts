import {
  BIGINT,
  DuckDBTableFunction,
  ENUM,
  INTEGER,
  TIMESTAMPTZ,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api';
import type { ChunkVector, ColumnarKernel, ColumnChunk, KernelNode } from '@headwater/columnar-kernel';
import type { BatchInput } from '@headwater/core-staging';
import { assert } from '@headwater/kernel';
import { toDuckDbType } from './engine-column-types.ts';
import type { ColumnBounds } from './engine-copy.ts';
import { serveChunk, type KernelRows, type ServedChunk } from './kernel-hand-over.ts';

/** The table function `kernel_rows(<id>)` of one database, through which DuckDB asks for rows that are registered. */
export interface RowsFunction {
  /** SQL that reads the rows; valid until `forget`. */
  register(rows: KernelRows): string;
  forget(source: string): void;
}

const NAME = 'kernel_rows';

export function createRowsFunction(connection: DuckDBConnection): RowsFunction {
  const registered = new Map<number, KernelRows>();
  let ids = 0;
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: NAME,
      parameterTypes: [INTEGER],
      bindFunction(info) {
        const rows = registered.get(Number(info.getParameter(0)));
        if (rows === undefined) return info.setError('the rows were forgotten');
        for (const [name, type] of resultColumns(rows)) info.addResultColumn(name, type);
        info.setCardinality(
          rows.chunks.reduce((sum, { rows: count }) => sum + count, 0),
          true,
        );
        info.setBindData(rows);
      },
      initFunction(info) {
        // One reader: chunks leave in their order.
        info.setMaxThreads(1);
        info.setInitData({ next: 0 });
      },
      mainFunction(info, output) {
        try {
          const rows = info.bindData as KernelRows;
          const cursor = info.initData as { next: number };
          const chunk = rows.chunks[cursor.next++];
          output.rowCount = chunk?.rows ?? 0;
          if (chunk !== undefined) serveChunk(output.chunk, rows, chunk);
        } catch (error) {
          info.setError(error instanceof Error ? error.message : String(error));
        }
      },
    }),
  );
  return {
    register(rows) {
      const id = ++ids;
      registered.set(id, rows);
      return `${NAME}(${id})`;
    },
    forget(source) {
      registered.delete(Number(/\d+/.exec(source)?.[0]));
    },
  };
}

function resultColumns({
  contract,
  enums,
  topic,
  batchId,
}: KernelRows): readonly (readonly [string, DuckDBType])[] {
  return [
    ...contract.columns.map(({ type }, index) => {
      const values = enums[index];
      return [`c${index}`, values === undefined ? toDuckDbType(type) : ENUM(values)] as const;
    }),
    ['p', INTEGER],
    ['o', BIGINT],
    ['t', TIMESTAMPTZ],
    ['topic', ENUM([topic])],
    ['batch', ENUM([batchId])],
  ];
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Gathers the rows of a batch; the kernel still holds the dictionaries of the batch. */
export function gatherRows(
  { pipeline: { contract, topic }, batchId }: BatchInput,
  kernel: ColumnarKernel,
  chunks: readonly ServedChunk[],
): KernelRows {
  const { columns } = kernel;
  assert(columns.length === contract.columns.length, 'the kernel has one node per column');
  const enums = columns.map((node) => {
    const dictionary = kernel.dictionary(node);
    const coded = dictionary === undefined ? undefined : codedVectors(node, chunks);
    if (dictionary === undefined || coded === undefined) return undefined;
    const used = dropUnused(coded, dictionary.length);
    return used.length === 0 ? undefined : used.map((code) => dictionary[code]!);
  });
  const cells = columns.map((node) => (node.hasDictionary ? kernel.dictionaryCells(node) : undefined));
  return {
    topic,
    batchId,
    contract,
    columns,
    chunks,
    enums: enums.map((entries) => entries?.map((entry) => utf8.decode(entry))),
    bounds: new Map([
      ['_topic', { min: topic, max: topic }],
      ['_batch', { min: batchId, max: batchId }],
      ...enums.flatMap((entries, index) =>
        entries === undefined ? [] : [[contract.columns[index]!.name, boundsOf(entries)] as const],
      ),
    ]),
    cells,
  };
}

interface CodedVector {
  readonly chunk: ColumnChunk;
  readonly vector: ChunkVector;
}

/** The vectors of a column, when every chunk has codes for it. */
function codedVectors(node: KernelNode, chunks: readonly ServedChunk[]): readonly CodedVector[] | undefined {
  const coded: CodedVector[] = [];
  for (const chunk of chunks) {
    const vector = chunk.kind === 'columns' ? chunk.columns.vectors[node.index]! : undefined;
    if (chunk.kind !== 'columns' || vector?.isCoded !== true) return undefined;
    coded.push({ chunk: chunk.columns, vector });
  }
  return coded;
}

/**
 * Codes that rows have, ascending; the vectors are changed to number only those. A value that only refused records had must
 * not come into the file by way of its dictionary.
 */
function dropUnused(coded: readonly CodedVector[], count: number): readonly number[] {
  const isUsed = new Uint8Array(256);
  for (const { chunk, vector } of coded) {
    const { block } = chunk;
    const { data, rows, validity } = vector;
    for (let row = 0; row < rows; row++) {
      if (validity < 0 || (block[validity + (row >> 3)]! & (1 << (row & 7))) !== 0)
        isUsed[block[data + row]!] = 1;
    }
  }
  assert(isUsed.lastIndexOf(1) < count, 'a code is one of its dictionary');
  const used = Array.from({ length: count }, (_, code) => code).filter((code) => isUsed[code] === 1);
  if (used.length < count) renumber(coded, used);
  return used;
}

function renumber(coded: readonly CodedVector[], used: readonly number[]): void {
  const numbers = new Uint8Array(256);
  used.forEach((code, number) => (numbers[code] = number));
  for (const { chunk, vector } of coded) {
    const { block } = chunk;
    for (let at = vector.data; at < vector.data + vector.rows; at++) block[at] = numbers[block[at]!]!;
  }
}

/** Least and greatest by their bytes. */
function boundsOf(entries: readonly Uint8Array[]): ColumnBounds {
  const sorted = entries.toSorted((a, b) => Buffer.compare(a, b));
  return { min: utf8.decode(sorted[0]), max: utf8.decode(sorted.at(-1)) };
}
