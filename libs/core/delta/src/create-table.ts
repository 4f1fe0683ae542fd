import { operationalError, userError } from '@headwater/kernel';
import { formatLogEntry } from './action-codec.ts';
import type { Action, Protocol, TableMetaData } from './actions.ts';
import { logEntryPath } from './log-files.ts';
import { formatSchemaString, someType, type DeltaSchema } from './schema.ts';
import { loadSnapshot, type Snapshot } from './snapshot.ts';
import { withStatsColumns } from './stats.ts';
import type { TableIo } from './table-io.ts';

export interface TableDefinition {
  /** UUID. */
  readonly tableId: string;
  readonly name?: string;
  readonly description?: string;
  readonly schema: DeltaSchema;
  readonly partitionColumns: readonly string[];
  /** Table properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Top-level columns that get no statistics; the table says so in its properties. */
  readonly personalColumns?: ReadonlySet<string>;
}

/** Creates version 0. A table that exists already is returned as it is; its schema is the caller's to judge. */
export async function createTable(
  io: TableIo,
  definition: TableDefinition,
  attempt: { readonly batchId: string; readonly nowMs: number },
): Promise<{ readonly isNew: boolean; readonly snapshot: Snapshot }> {
  const existing = await loadSnapshot(io);
  if (existing !== undefined) return { isNew: false, snapshot: existing };
  const actions = planCreateTable(definition, attempt);
  const answer = await io.store.putIfAbsent(logEntryPath(0n), formatLogEntry(actions));
  const snapshot = await loadSnapshot(io);
  if (snapshot === undefined) {
    throw operationalError({
      code: 'HW_DELTA_CREATE_UNKNOWN',
      message: `The store did not say whether table ${io.store.url} was created.`,
      fix: 'Try again.',
      canRetry: true,
    });
  }
  return { isNew: answer.kind === 'created', snapshot };
}

/** The actions of version 0. Throws a user error that names the column when the definition breaks a rule. */
export function planCreateTable(
  definition: TableDefinition,
  attempt: { readonly batchId: string; readonly nowMs: number },
): readonly Action[] {
  const problem = judgeDefinition(definition);
  if (problem !== undefined) {
    throw userError({
      code: 'HW_DELTA_DEFINITION_INVALID',
      message: `The table cannot be created: ${problem}.`,
    });
  }
  const metaData: TableMetaData = {
    id: definition.tableId,
    ...(definition.name === undefined ? {} : { name: definition.name }),
    ...(definition.description === undefined ? {} : { description: definition.description }),
    format: { provider: 'parquet', options: {} },
    schemaString: formatSchemaString(definition.schema),
    partitionColumns: definition.partitionColumns,
    configuration: withStatsColumns(definition.properties ?? {}, definition.schema, definition),
    createdTime: attempt.nowMs,
  };
  const commitInfo = {
    timestamp: attempt.nowMs,
    operation: 'CREATE TABLE',
    operationParameters: { partitionBy: JSON.stringify(definition.partitionColumns) },
    isBlindAppend: true,
    engineInfo: 'Headwater',
    txnId: attempt.batchId,
  };
  return [{ commitInfo }, { protocol: protocolFor(definition) }, { metaData }];
}

/** (1,2) unless a type needs a feature. */
function protocolFor({ schema }: TableDefinition): Protocol {
  const needsNtz = someType(schema, (type) => type === 'timestamp_ntz');
  if (!needsNtz) return { minReaderVersion: 1, minWriterVersion: 2 };
  return {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['timestampNtz'],
    writerFeatures: ['appendOnly', 'invariants', 'timestampNtz'],
  };
}

function judgeDefinition({ schema, partitionColumns }: TableDefinition): string | undefined {
  const names = new Set<string>();
  for (const { name } of schema.fields) {
    if (names.has(name.toLowerCase())) return `two columns are named ${name}, apart from case`;
    if (name === '' || /[ ,;{}()\n\t=]/.test(name)) {
      return `column name "${name}" holds a character that Delta tables do not allow (one of space ,;{}()= tab newline)`;
    }
    names.add(name.toLowerCase());
  }
  if (schema.fields.length === 0) return 'it has no columns';
  if (partitionColumns.length >= schema.fields.length) return 'every column is a partition column';
  for (const column of partitionColumns) {
    const found = schema.fields.find(({ name }) => name === column);
    if (found === undefined) return `partition column ${column} is not among the columns`;
    if (typeof found.type !== 'string' && found.type.type !== 'decimal') {
      return `partition column ${column} is not of a primitive type`;
    }
  }
  if (new Set(partitionColumns).size !== partitionColumns.length) return 'a partition column is named twice';
  if (someType(schema, (type) => type === 'void')) return 'a column has no type';
  return undefined;
}
