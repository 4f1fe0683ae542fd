import type { Column, ColumnType, CompiledContract, TimeEncoding } from '../compiled-contract.ts';
import { createByteTable } from './byte-table.ts';
import type { ByteTable } from './byte-table.ts';
import { encodeUtf8 } from './text.ts';
import { compileChecks } from './value-rules.ts';
import type { ValueChecks } from './value-rules.ts';

/** One property of the contract, at any depth, ready to be judged. All nodes have the same shape. */
export interface JudgeNode {
  /** Index into the slots; top-level columns come first, in contract order. */
  readonly slot: number;
  /** Place in the contract, depth first. The lowest one with a problem gives the verdict. */
  readonly order: number;
  /** Order of the last node inside this one. */
  readonly lastOrder: number;
  readonly path: string;
  readonly type: ColumnType;
  readonly kind: ColumnType['kind'];
  readonly isRequired: boolean;
  readonly checks: ValueChecks;
  /** Inclusive range of an integer column. */
  readonly least: number;
  readonly most: number;
  /** Power of ten between the number sent and the integer kept; digits the integer may have. */
  readonly scale: number;
  readonly digitsMax: number;
  readonly isEpoch: boolean;
  /** For `struct`. */
  readonly members: Members;
  /** For `array` elements and `map` values. */
  readonly inner: JudgeNode | undefined;
}

export interface Members {
  readonly nodes: readonly JudgeNode[];
  readonly keys: readonly Uint8Array[];
  readonly table: ByteTable;
  /** Which member came after member i last time (index i + 1; 0 is the first). Speeds up, never decides. */
  readonly guesses: Int32Array;
}

export interface JudgeTree {
  readonly root: Members;
  /** Number of slots: one per node. */
  readonly slots: number;
}

const EPOCH_SCALE: Readonly<Record<TimeEncoding, number>> = {
  iso8601: 0,
  epochSeconds: 6,
  epochMillis: 3,
  epochMicros: 0,
  epochNanos: -3,
};

export function compileTree(contract: CompiledContract): JudgeTree {
  const build = createBuild(contract.columns.length);
  const nodes = contract.columns.map((column, slot) => build.node(column, column.source, slot));
  return { root: toMembers(contract.columns, nodes), slots: build.slotCount() };
}

interface Build {
  node(column: Column, path: string, slot?: number): JudgeNode;
  slotCount(): number;
}

function createBuild(topLevel: number): Build {
  let nextSlot = topLevel;
  let nextOrder = 0;
  const build: Build = {
    slotCount: () => nextSlot,
    node(column, path, slot = nextSlot++) {
      const order = nextOrder++;
      const { type } = column;
      const fields = type.kind === 'struct' ? type.fields : [];
      const members = toMembers(
        fields,
        fields.map((field) => build.node(field, `${path}.${field.source}`)),
      );
      const inner =
        type.kind === 'array'
          ? build.node(type.element, `${path}[]`)
          : type.kind === 'map'
            ? build.node(type.value, `${path}.*`)
            : undefined;
      return { ...leaf(column, path), slot, order, lastOrder: nextOrder - 1, members, inner };
    },
  };
  return build;
}

function leaf(
  column: Column,
  path: string,
): Omit<JudgeNode, 'slot' | 'order' | 'lastOrder' | 'members' | 'inner'> {
  const { type } = column;
  const most = type.kind === 'integer' && type.bits < 64 ? 2 ** (type.bits - 1) - 1 : 0;
  const isEpoch = column.time !== undefined && column.time !== 'iso8601';
  return {
    path,
    type,
    kind: type.kind,
    isRequired: column.required,
    checks: compileChecks(column),
    least: -most - 1,
    most,
    scale: type.kind === 'decimal' ? type.scale : EPOCH_SCALE[column.time ?? 'iso8601'],
    digitsMax: type.kind === 'decimal' ? type.precision : 19,
    isEpoch,
  };
}

function toMembers(columns: readonly Column[], nodes: readonly JudgeNode[]): Members {
  return {
    nodes,
    keys: columns.map((column) => encodeUtf8(column.source)),
    table: createByteTable(columns.map((column) => column.source)),
    guesses: Int32Array.from({ length: columns.length + 1 }, (_, i) => (i < columns.length ? i : 0)),
  };
}
