import { copyChunk, type ColumnChunk } from './column-chunk.ts';
import type { ChunkArena } from './chunk-arena.ts';
import { kernelModule, startKernel, type KernelExports } from './kernel-module.ts';
import { createBatchInput, type BatchInput } from './batch-input.ts';
import {
  createCountsReader,
  createRecordReader,
  type BatchCounts,
  type KernelRecord,
} from './batch-reader.ts';
import { createKernelMemory, type KernelMemory } from './kernel-memory.ts';
import type { KernelProgram } from './kernel-program.ts';
import { BATCH_BYTES, CHUNK_ROWS, DICTIONARY_ENTRIES, DOMAIN, NODE, TABLE_BYTES } from './layout.ts';
import { writeProgram, type KernelNode, type ProgramTables } from './program-tables.ts';
import { createRowWriter, type KernelValue } from './row-writer.ts';

/**
 * What is to be done next. `finished`: every record was read. `full`: take the chunk over, then go on. `doubt`: the
 * record under the cursor cannot be proven here; judge it, then go on behind it. `broken`: the framing of the record under
 * the cursor is not sound; nothing behind it was read. `trapped`: the module failed on that record; the same holds.
 */
export type KernelStep = 'finished' | 'full' | 'doubt' | 'broken' | 'trapped';
const STEPS: readonly KernelStep[] = ['finished', 'full', 'doubt', 'broken'];

/** One kernel for one contract: not reentrant, one per lane. */
export interface ColumnarKernel extends Omit<BatchInput, 'records'> {
  readonly nodes: readonly KernelNode[];
  readonly columns: readonly KernelNode[];
  step(): KernelStep;
  record(): KernelRecord;
  counts(): BatchCounts;
  /** Rows in the chunk that is filling. */
  rows(): number;
  /** Adds a record that was judged elsewhere as the next row; false when the chunk has no room for it. */
  addRow(values: readonly KernelValue[], offset: bigint, timeMs: bigint): boolean;
  /** Moves the rows out and begins an empty chunk. */
  takeChunk(arena: ChunkArena): ColumnChunk;
  /** Texts of a column's dictionary in order of their codes; undefined when it has too many or too long ones. */
  dictionary(node: KernelNode): readonly Uint8Array[] | undefined;
  /** Cells of 16 bytes of every code given out, also of a dictionary that was given up. */
  dictionaryCells(node: KernelNode): Uint8Array<ArrayBuffer>;
  /** Forgets rows and dictionaries. */
  reset(): void;
  /** Bytes of memory the kernel has. */
  memoryBytes(): number;
  /** How often the module failed. */
  traps(): number;
}

const SCRATCH_BYTES = 256 << 10;
const SCHEMA_IDS_MAX = 64;

export interface KernelOptions {
  /** Another build of the module; tests use it to plant bugs. */
  readonly module?: WebAssembly.Module;
}

export function createColumnarKernel(program: KernelProgram, options: KernelOptions = {}): ColumnarKernel {
  const wasm = startKernel(options.module ?? kernelModule());
  const memory = createKernelMemory(wasm.memory);
  const map = mapMemory(wasm, memory, program);
  return createKernel(wasm, memory, map);
}

interface MemoryMap {
  readonly tables: ProgramTables;
  readonly batch: number;
  readonly offsets: number;
  readonly times: number;
  readonly timesValidity: number;
  readonly scratch: number;
  /** Where the loaded bytes begin; the records follow. */
  readonly input: number;
}

function mapMemory(wasm: KernelExports, memory: KernelMemory, program: KernelProgram): MemoryMap {
  const fixed = memory.take(TABLE_BYTES);
  const scratch = memory.take(SCRATCH_BYTES);
  const batch = memory.take(BATCH_BYTES);
  const offsets = memory.take(8 * CHUNK_ROWS);
  const times = memory.take(8 * CHUNK_ROWS);
  const timesValidity = memory.take(CHUNK_ROWS / 8);
  const ids = program.schemaIds.slice(0, SCHEMA_IDS_MAX);
  const schemaIds = memory.take(4 * SCHEMA_IDS_MAX);
  ids.forEach((id, index) => memory.view.setInt32(schemaIds + 4 * index, id, true));
  const tables = writeProgram(memory, program);
  wasm.prepare(fixed, scratch, SCRATCH_BYTES, Number(program.unknownIsDoubt));
  wasm.prepareRecords(
    batch,
    tables.root,
    tables.members,
    tables.innerDomains,
    tables.innerDomainCount,
    offsets,
    times,
    timesValidity,
    Math.min(program.valueBytesMax, 0x7fff_ffff),
    schemaIds,
    ids.length,
  );
  wasm.emptyChunk(tables.root, tables.innerDomains, tables.innerDomainCount, timesValidity);
  wasm.clearDictionaries(tables.root);
  return { tables, batch, offsets, times, timesValidity, scratch, input: memory.take(0) };
}

function createKernel(wasm: KernelExports, memory: KernelMemory, map: MemoryMap): ColumnarKernel {
  const { tables } = map;
  const input = createBatchInput(wasm, memory, map.input);
  const readCounts = createCountsReader(memory, map.batch);
  const readRecord = createRecordReader(memory, map.batch);
  const writer = createRowWriter(wasm, memory, tables, { at: map.scratch, bytes: SCRATCH_BYTES });
  let traps = 0;
  const rows = (): number => memory.view.getUint32(tables.root + DOMAIN.ROWS, true);
  const emptyChunk = (): void =>
    wasm.emptyChunk(tables.root, tables.innerDomains, tables.innerDomainCount, map.timesValidity);
  return {
    nodes: tables.nodes,
    columns: tables.columns,
    load: input.load,
    decompress: input.decompress,
    loadPlain: input.loadPlain,
    begin: input.begin,
    step() {
      try {
        return STEPS[wasm.readRecords()]!;
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) throw error;
        traps++;
        wasm.dropRow(rows());
        return 'trapped';
      }
    },
    record: () => readRecord(input.records()),
    counts: readCounts,
    rows,
    addRow(values, offset, timeMs) {
      const row = rows();
      if (row >= CHUNK_ROWS) return false;
      if (!writer.write(values, row)) {
        wasm.dropRow(row);
        return false;
      }
      wasm.keepRow(row, offset, timeMs);
      return true;
    },
    takeChunk(arena) {
      const chunk = copyChunk({ memory, ...map }, arena);
      emptyChunk();
      return chunk;
    },
    ...createDictionaryReader(memory),
    reset() {
      emptyChunk();
      wasm.clearDictionaries(tables.root);
    },
    memoryBytes: () => memory.bytes.length,
    traps: () => traps,
  };
}

function createDictionaryReader(
  memory: KernelMemory,
): Pick<ColumnarKernel, 'dictionary' | 'dictionaryCells'> {
  return {
    dictionary(node) {
      const count = memory.view.getInt32(node.at + NODE.ENTRY_COUNT, true);
      if (!node.hasDictionary || count < 0) return undefined;
      const entries = memory.view.getUint32(node.at + NODE.ENTRIES, true);
      return Array.from({ length: count }, (_, code) => {
        const cell = entries + 16 * code;
        return memory.bytes.slice(cell + 4, cell + 4 + memory.bytes[cell]!);
      });
    },
    dictionaryCells(node) {
      const entries = memory.view.getUint32(node.at + NODE.ENTRIES, true);
      return memory.bytes.slice(entries, entries + 16 * DICTIONARY_ENTRIES);
    },
  };
}
