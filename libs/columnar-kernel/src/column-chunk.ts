import type { ChunkArena } from './chunk-arena.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { CHUNK_ROWS, DOMAIN, DOMAIN_BYTES, NODE } from './layout.ts';
import type { KernelNode, ProgramTables } from './program-tables.ts';

/**
 * Up to CHUNK_ROWS rows as columns, kept outside of the kernel. `vectors[i]` belongs to node i of the program, depth
 * first; entries of arrays and maps have as many rows as all lists of the chunk together.
 */
export interface ColumnChunk {
  readonly rows: number;
  readonly block: Uint8Array<ArrayBuffer>;
  /** Position of `rows` offsets, 64 bits each; of record times in microseconds; of their validity or -1. */
  readonly offsets: number;
  readonly times: number;
  readonly timesValidity: number;
  readonly vectors: readonly ChunkVector[];
}

/** Positions are in the chunk's block; -1 where there is nothing. */
export interface ChunkVector {
  readonly rows: number;
  /** Values side by side, or one byte of dictionary code per row when `isCoded`. Texts are 16-byte cells. */
  readonly data: number;
  readonly isCoded: boolean;
  /** One bit per row, lowest first, 1 for a value, in whole words of 64 bits; -1 when every row has a value. */
  readonly validity: number;
  /** Texts of more than 12 bytes, named by their position in here. */
  readonly heap: number;
  readonly heapBytes: number;
}

export interface ChunkSource {
  readonly memory: KernelMemory;
  readonly tables: ProgramTables;
  readonly offsets: number;
  readonly times: number;
  readonly timesValidity: number;
}

const validityBytes = (rows: number): number => Math.ceil(rows / 64) * 8;

/** Copies what the kernel holds into the arena. */
export function copyChunk(source: ChunkSource, arena: ChunkArena): ColumnChunk {
  const { memory, tables } = source;
  const rowsOf = domainRows(source);
  const rows = rowsOf[0]!;
  const plans = tables.nodes.map((node) => planVector(memory, node, rowsOf[node.domain]!));
  const own = 16 * rows + 48 + validityBytes(CHUNK_ROWS);
  const { block, at } = arena.reserve(plans.reduce((sum, plan) => sum + plan.bytes, own));
  let next = at;
  const copy = (from: number, bytes: number): number => {
    const position = next;
    // A view for each copy would cost more than most copies.
    block.set(memory.bytes.subarray(from, from + bytes), position);
    next = (next + bytes + 15) & ~15;
    return position;
  };
  return {
    rows,
    block,
    offsets: copy(source.offsets, 8 * rows),
    times: copy(source.times, 8 * rows),
    timesValidity: copy(source.timesValidity, validityBytes(rows)),
    vectors: plans.map(({ node, rows: count, isCoded, hasNull, heapBytes }) => ({
      rows: count,
      isCoded,
      data: isCoded ? copy(codesAt(memory, node), count) : copy(node.data, count * node.width),
      validity: hasNull ? copy(node.validity, validityBytes(count)) : -1,
      heap: heapBytes > 0 ? copy(node.heap, heapBytes) : -1,
      heapBytes,
    })),
  };
}

function domainRows({ memory, tables }: ChunkSource): readonly number[] {
  return Array.from({ length: 1 + tables.innerDomainCount }, (_, index) =>
    memory.view.getUint32(tables.root + index * DOMAIN_BYTES + DOMAIN.ROWS, true),
  );
}

interface VectorPlan {
  readonly node: KernelNode;
  readonly rows: number;
  readonly isCoded: boolean;
  readonly hasNull: boolean;
  readonly heapBytes: number;
  /** Upper bound of what it takes, with rounding. */
  readonly bytes: number;
}

function planVector({ view }: KernelMemory, node: KernelNode, rows: number): VectorPlan {
  const isCoded = node.hasDictionary && view.getInt32(node.at + NODE.ENTRY_COUNT, true) >= 0;
  const hasNull = view.getUint32(node.at + NODE.HAS_NULL, true) !== 0;
  const heapBytes = node.hasHeap && !isCoded ? view.getUint32(node.at + NODE.HEAP_USED, true) : 0;
  const data = isCoded ? rows : rows * node.width;
  const bytes = data + (hasNull ? validityBytes(rows) : 0) + heapBytes + 48;
  return { node, rows, isCoded, hasNull, heapBytes, bytes };
}

const codesAt = ({ view }: KernelMemory, node: KernelNode): number =>
  view.getUint32(node.at + NODE.CODES, true);
