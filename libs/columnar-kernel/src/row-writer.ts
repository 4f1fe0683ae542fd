import type { KernelExports } from './kernel-module.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { DOMAIN, NODE } from './layout.ts';
import type { KernelNode, ProgramTables } from './program-tables.ts';

/**
 * A value as a judge gives it. Integers, days, microseconds and unscaled decimals: number or bigint; texts: string; json:
 * its text; binary: bytes; struct, array and map by their parts in order.
 */
export type KernelValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly struct: readonly KernelValue[] }
  | { readonly array: readonly KernelValue[] }
  | { readonly map: readonly (readonly [string, KernelValue])[] };

export interface RowWriter {
  /** Writes a row of the root; false when a value finds no room. The caller keeps or drops the row. */
  write(values: readonly KernelValue[], row: number): boolean;
}

interface Tools {
  readonly wasm: KernelExports;
  readonly memory: KernelMemory;
  readonly tables: ProgramTables;
  readonly scratch: { readonly at: number; readonly bytes: number };
}

/** Writes rows that another judge has taken into the same columns. */
export function createRowWriter(
  wasm: KernelExports,
  memory: KernelMemory,
  tables: ProgramTables,
  scratch: Tools['scratch'],
): RowWriter {
  const tools: Tools = { wasm, memory, tables, scratch };
  return {
    write: (values, row) =>
      tables.columns.every((node, index) => writeValue(tools, node, row, values[index] ?? null)),
  };
}

function writeValue(tools: Tools, node: KernelNode, row: number, value: KernelValue): boolean {
  const { wasm, memory } = tools;
  if (value === null) {
    wasm.setNull(node.at, row);
    return true;
  }
  const { view } = memory;
  const at = node.data + row * node.width;
  const { type } = node.column;
  switch (type.kind) {
    case 'text':
    case 'json':
    case 'binary':
      return writeBytes(tools, node, row, value);
    case 'boolean':
      view.setUint8(at, value === true ? 1 : 0);
      return true;
    case 'double':
      view.setFloat64(at, Number(value), true);
      return true;
    case 'float':
      view.setFloat32(at, Number(value), true);
      return true;
    case 'whole':
    case 'date':
    case 'timestamp':
      writeWhole(view, at, node.width, BigInt(value as number | bigint));
      return true;
    case 'wide':
      view.setBigInt64(at, BigInt.asIntN(64, BigInt(value as number | bigint)), true);
      view.setBigInt64(at + 8, BigInt(value as number | bigint) >> 64n, true);
      return true;
    case 'struct': {
      const { struct } = value as { readonly struct: readonly KernelValue[] };
      return node.children.every((child, index) => writeValue(tools, child, row, struct[index] ?? null));
    }
    case 'array': {
      const { array } = value as { readonly array: readonly KernelValue[] };
      return writeEntries(
        tools,
        node,
        row,
        array.map((entry) => [entry]),
      );
    }
    case 'map': {
      const { map } = value as { readonly map: readonly (readonly [string, KernelValue])[] };
      return writeEntries(tools, node, row, map);
    }
  }
}

function writeWhole(view: DataView, at: number, width: number, value: bigint): void {
  if (width === 8) view.setBigInt64(at, value, true);
  else if (width === 4) view.setInt32(at, Number(value), true);
  else if (width === 2) view.setInt16(at, Number(value), true);
  else view.setInt8(at, Number(value));
}

const encoder = new TextEncoder();

function writeBytes(
  { wasm, memory, scratch }: Tools,
  node: KernelNode,
  row: number,
  value: KernelValue,
): boolean {
  const bytes = typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array);
  if (bytes.length > scratch.bytes) return false;
  memory.bytes.set(bytes, scratch.at);
  return wasm.writeJudgedText(node.at, row, scratch.at, bytes.length) !== 0;
}

/** Appends the entries of one list, each with a value per child of the node. */
function writeEntries(
  tools: Tools,
  node: KernelNode,
  row: number,
  entries: readonly (readonly KernelValue[])[],
): boolean {
  const { view } = tools.memory;
  const domain = view.getUint32(node.at + NODE.INNER_DOMAIN, true);
  const first = view.getUint32(domain + DOMAIN.ROWS, true);
  if (first + entries.length > view.getUint32(domain + DOMAIN.ROOM, true)) return false;
  // Rows of one list lie side by side; lists inside of them have rows of their own.
  view.setUint32(domain + DOMAIN.ROWS, first + entries.length, true);
  const at = node.data + 16 * row;
  view.setBigUint64(at, BigInt(first), true);
  view.setBigUint64(at + 8, BigInt(entries.length), true);
  return entries.every((entry, index) =>
    node.children.every((child, part) => writeValue(tools, child, first + index, entry[part] ?? null)),
  );
}
