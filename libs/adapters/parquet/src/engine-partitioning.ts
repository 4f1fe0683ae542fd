import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import {
  FORM_NULL,
  FORM_SCRATCH,
  type Column,
  type CompiledContract,
  type RecordSlots,
} from '@headwater/core-contract';
import { formatPartitionValue, type PartitionValue, type PartitionValues } from '@headwater/core-delta';
import { toDeltaType } from '@headwater/core-staging';
import { assert } from '@headwater/kernel';
import { ACCEPTED } from './engine-accepted-rows.ts';
import type { Refusal } from './engine-refused-rows.ts';

/** A partition column of the table and how it comes out of the table of accepted rows. */
interface PartitionExpression {
  readonly name: string;
  readonly sql: string;
  readonly type: ReturnType<typeof toDeltaType>;
}

export function partitionExpressions(contract: CompiledContract): readonly PartitionExpression[] {
  return contract.partitionColumns.map((each) => {
    const index = contract.columns.findIndex(({ name }) => name === each.column);
    const column = contract.columns[index];
    assert(column !== undefined, `partition column ${each.column} is a column of the contract`);
    return each.from === 'date'
      ? { name: each.name, sql: `c${index}::date`, type: 'date' as const }
      : { name: each.column, sql: `c${index}`, type: toDeltaType(column.type) };
  });
}

export interface PartitionGroup {
  readonly query: (columns: string) => string;
  readonly values: PartitionValues;
}

const ORDER = 'order by p, o';

/** One group per tuple of partition values among the accepted rows; one group for a table without partition columns. */
export async function groupRows(
  connection: DuckDBConnection,
  expressions: readonly PartitionExpression[],
): Promise<readonly PartitionGroup[]> {
  if (expressions.length === 0) {
    return [{ query: (columns) => `select ${columns} from ${ACCEPTED} ${ORDER}`, values: {} }];
  }
  const tuple = expressions.map(({ sql }) => sql).join();
  await connection.run(
    `create temp table grouped as select *, dense_rank() over (order by ${tuple}) as g from ${ACCEPTED} order by g, p, o`,
  );
  await connection.run(`drop table ${ACCEPTED}`);
  const firsts = expressions.map(({ sql }) => `first(${sql})`).join();
  const groups = await connection.runAndReadAll(`select g, ${firsts} from grouped group by g order by g`);
  return groups.getRows().map(([group, ...tupleValues]) => ({
    query: (columns) => `select ${columns} from grouped where g = ${String(group)} ${ORDER}`,
    values: Object.fromEntries(
      expressions.map(({ name, type }, index) => {
        const text = formatPartitionValue(type, toPartitionValue(tupleValues[index]!));
        assert(text.ok, `the guard refuses partition values that ${name} cannot hold`);
        return [name, text.value];
      }),
    ),
  }));
}

function toPartitionValue(value: DuckDBValue): PartitionValue {
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return value.micros;
  if (value instanceof DuckDBDecimalValue) return value.value;
  assert(value === null || typeof value !== 'object', 'partition columns are primitive');
  return value;
}

/** Watches the partition values of accepted records while they arrive. */
export interface PartitionGuard {
  /** Why the record cannot go to any partition, or undefined. */
  judge(slots: RecordSlots): Refusal | undefined;
  /** Notes the tuple of an accepted record and answers how many different ones there are. */
  note(slots: RecordSlots, bytes: Uint8Array): number;
}

const noGuard: PartitionGuard = { judge: () => undefined, note: () => 1 };

interface GuardedColumn {
  readonly index: number;
  readonly column: Column;
  readonly isDate: boolean;
}

/** Tuples told apart; a batch is cut long before it holds so many. */
const TUPLES_MAX = 10_000;

export function createPartitionGuard(contract: CompiledContract): PartitionGuard {
  if (contract.partitionColumns.length === 0) return noGuard;
  const columns: readonly GuardedColumn[] = contract.partitionColumns.map((each) => {
    const index = contract.columns.findIndex(({ name }) => name === each.column);
    return { index, column: contract.columns[index]!, isDate: each.from === 'date' };
  });
  const tuples = new Set<string>();
  return {
    judge(slots) {
      const empty = columns.find(
        ({ index, column }) =>
          column.type.kind === 'string' &&
          slots.forms[index] !== FORM_NULL &&
          slots.starts[index] === slots.ends[index],
      );
      return empty === undefined ? undefined : emptyPartitionValue(empty.column);
    },
    note(slots, bytes) {
      if (tuples.size < TUPLES_MAX) {
        tuples.add(columns.map((each) => slotText(slots, each, bytes)).join('\u0000'));
      }
      return tuples.size;
    },
  };
}

/** Delta writes NULL of a partition column as the empty string. */
export const emptyPartitionValue = (column: Column): Refusal => ({
  accepted: false,
  reason: 'partition-value',
  stage: 'map',
  path: column.source,
  detail: 'an empty string means NULL in a partition column',
});

const DAY_MICROS = 86_400_000_000n;

/** A text that differs when the partition values differ. */
function slotText(slots: RecordSlots, { index, column, isDate }: GuardedColumn, bytes: Uint8Array): string {
  const form = slots.forms[index]!;
  if (form === FORM_NULL) return '';
  switch (column.type.kind) {
    case 'string': {
      const source = form === FORM_SCRATCH ? slots.scratch : bytes;
      return Buffer.from(source.subarray(slots.starts[index], slots.ends[index])).toString('latin1');
    }
    case 'timestamp':
    case 'timestampNtz':
      return String(isDate ? slots.longs[index]! / DAY_MICROS : slots.longs[index]);
    default:
      return `${slots.doubles[index]} ${slots.longs[index]}`;
  }
}
