import type { DuckDBConnection } from '@duckdb/node-api';
import type { Column } from '@headwater/core-contract';
import { planScan, withReadable, type ObjectStore, type Snapshot } from '@headwater/core-delta';
import { operationalError } from '@headwater/kernel';
import { createHash } from 'node:crypto';
import { rowTextOfColumns, rowTextOfJson } from './balance-text.ts';
import { openDatabase, quoteName, type DatabaseLimits } from './database.ts';
import { parseMembers } from './exact-decimal.ts';
import { columnExpression, partitionExpression } from './table-expression.ts';
import { readParquet, readParquetNodes } from './table-parquet-node.ts';

/** A record as an independent reader of the topic saw it. */
export interface BalancedRecord {
  readonly offset: bigint;
  readonly value: Uint8Array | null;
}

/** Offsets [from, to) of one partition. */
export interface BalancedRange {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

export interface BalanceCounts {
  /** Records read, tombstones included. */
  readonly produced: number;
  readonly tombstones: number;
  /** Rows of the outputs that lie in the ranges read. */
  readonly landed: number;
  readonly quarantined: number;
  /** Records with a value that no output holds as they are, and acknowledged offsets that were never read. */
  readonly lost: number;
  /** Output rows beyond the first with the same coordinates. */
  readonly duplicated: number;
  /** Output rows that no record explains: other coordinates or other content. */
  readonly unexplained: number;
  /** Up to ten coordinates of what is lost, duplicated or unexplained. */
  readonly examples: readonly BalanceExample[];
}

export interface BalanceExample {
  readonly problem: 'lost' | 'duplicated' | 'unexplained' | 'acknowledged-not-read';
  readonly partition: number;
  readonly offset: string;
}

/**
 * Joins a topic with its two tables on (partition, offset, hash of the content). A landed row is compared by the text of
 * its contract columns, a quarantined one by its bytes. Memory stays within the limits: what does not fit is spilled.
 */
export interface BalanceJoin {
  addRead(partition: number, records: readonly BalancedRecord[]): void;
  addPrimary(store: ObjectStore, snapshot: Snapshot): Promise<void>;
  addQuarantine(store: ObjectStore, snapshot: Snapshot): Promise<void>;
  count(ranges: readonly BalancedRange[], acknowledged: readonly BalancedRange[]): Promise<BalanceCounts>;
  close(): void;
}

export async function openBalanceJoin(
  columns: readonly Column[],
  limits: DatabaseLimits,
): Promise<BalanceJoin> {
  const database = await openDatabase(limits);
  const connection = await database.connect();
  for (const table of tables) await connection.run(table);
  const appender = await connection.createAppender('read_record');
  return {
    addRead(partition, records) {
      for (const { offset, value } of records) {
        appender.appendInteger(partition);
        appender.appendBigInt(offset);
        appender.appendBoolean(value === null);
        appender.appendUBigInt(value === null ? 0n : hash64(value));
        appender.appendUBigInt(value === null ? 0n : rowHash(columns, value));
        appender.endRow();
      }
      appender.flushSync();
    },
    addPrimary: (store, snapshot) =>
      addFiles(connection, store, snapshot, {
        names: [...columns.map(({ name }) => name), '_partition', '_offset'],
        select: `'landed', _partition, _offset, md5_number_lower(${rowTextOfColumns(columns)})`,
      }),
    addQuarantine: (store, snapshot) =>
      addFiles(connection, store, snapshot, {
        names: ['partition', 'offset', 'value'],
        select: `'quarantined', "partition", "offset", md5_number_lower("value")`,
      }),
    async count(ranges, acknowledged) {
      await addRanges(connection, 'read_range', ranges);
      await addRanges(connection, 'acknowledged_range', acknowledged);
      return countAll(connection);
    },
    close() {
      appender.closeSync();
      connection.closeSync();
      database.close();
    },
  };
}

const tables = [
  'create table read_record(p integer, o bigint, tombstone boolean, bytes ubigint, content ubigint)',
  'create table output_row(kind varchar, p integer, o bigint, content ubigint)',
  'create table read_range(p integer, lo bigint, hi bigint)',
  'create table acknowledged_range(p integer, lo bigint, hi bigint)',
];

const md5Tail = (text: string | Uint8Array): bigint =>
  createHash('md5').update(text).digest().readBigUInt64LE(8);
const hash64 = (value: Uint8Array): bigint => md5Tail(value);

const decoder = new TextDecoder('utf-8', { fatal: true });

/** 0 for bytes that are no JSON object: no landed row can be explained by them. */
function rowHash(columns: readonly Column[], value: Uint8Array): bigint {
  // A schema id in front of the JSON: a zero byte and four more.
  const json = value[0] === 0 && value.length > 5 ? value.subarray(5) : value;
  let text: string;
  try {
    text = decoder.decode(json);
  } catch {
    return 0n;
  }
  const members = parseMembers(text);
  return members === undefined ? 0n : md5Tail(rowTextOfJson(columns, members));
}

async function addFiles(
  connection: DuckDBConnection,
  store: ObjectStore,
  snapshot: Snapshot,
  rows: { readonly names: readonly string[]; readonly select: string },
): Promise<void> {
  const scan = planScan(snapshot);
  const fields = rows.names.map((name) => {
    const field = scan.schema.fields.find((each) => each.name === name);
    if (field !== undefined) return field;
    throw unreadable(snapshot, `it has no column ${name}`);
  });
  for (const file of scan.files) {
    if (file.location.kind !== 'relative') throw unreadable(snapshot, `${file.location.url} lies elsewhere`);
    if (file.deletionVector !== undefined) throw unreadable(snapshot, 'it has deletion vectors');
    await withReadable(store, [file.location.path], async ([name = '']) => {
      const nodes = await readParquetNodes(connection, name, scan.mode === 'id');
      const columns = fields.map((field) => {
        const value = scan.partitionColumns.has(field.name)
          ? partitionExpression(field.type, file.partitionValues.get(field.name) ?? null)
          : columnExpression(field, nodes, scan.mode);
        return `${value} as ${quoteName(field.name)}`;
      });
      const source = `select ${columns.join(', ')} from ${readParquet([name])}`;
      await connection.run(`insert into output_row select ${rows.select} from (${source})`);
    });
  }
}

async function addRanges(
  connection: DuckDBConnection,
  table: string,
  ranges: readonly BalancedRange[],
): Promise<void> {
  await connection.run(`delete from ${table}`);
  const appender = await connection.createAppender(table);
  for (const { partition, from, to } of ranges) {
    appender.appendInteger(partition);
    appender.appendBigInt(from);
    appender.appendBigInt(to);
    appender.endRow();
  }
  appender.closeSync();
}

// A reader may see a record twice when its group is balanced anew; the topic holds it once.
const views = [
  'create or replace temp table r as select distinct * from read_record',
  `create or replace temp table w as select output_row.* from output_row
     join read_range on output_row.p = read_range.p and o >= lo and o < hi`,
  `create or replace temp table explained as select distinct w.p, w.o, w.kind, w.content from w
     join r on w.p = r.p and w.o = r.o and not r.tombstone
     and w.content = (case when w.kind = 'landed' then r.content else r.bytes end) and w.content <> 0`,
  `create or replace temp table unread as select p, unnest(range(lo, hi)) as o from acknowledged_range`,
];

const problems = {
  lost: 'select p, o from r anti join explained using (p, o) where not tombstone',
  duplicated: 'select p, o from w group by p, o having count(*) > 1',
  unexplained: 'select p, o from w anti join explained using (p, o, kind, content)',
  'acknowledged-not-read': 'select p, o from unread anti join r using (p, o)',
} as const;

async function countAll(connection: DuckDBConnection): Promise<BalanceCounts> {
  for (const view of views) await connection.run(view);
  const one = async (sql: string): Promise<number> =>
    Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? 0);
  const landed = await one(`select count(*) from w where kind = 'landed'`);
  const quarantined = await one(`select count(*) from w where kind = 'quarantined'`);
  const examples: BalanceExample[] = [];
  for (const [problem, sql] of Object.entries(problems)) {
    const found = await connection.runAndReadAll(`select p, o from (${sql}) order by p, o limit 10`);
    for (const [p, o] of found.getRows()) {
      examples.push({
        problem: problem as BalanceExample['problem'],
        partition: Number(p),
        offset: String(o),
      });
    }
  }
  return {
    produced: await one('select count(*) from r'),
    tombstones: await one('select count(*) from r where tombstone'),
    landed,
    quarantined,
    lost:
      (await one(`select count(*) from (${problems.lost})`)) +
      (await one(`select count(*) from (${problems['acknowledged-not-read']})`)),
    duplicated: landed + quarantined - (await one('select count(*) from (select distinct p, o from w)')),
    unexplained: await one(`select count(*) from (${problems.unexplained})`),
    examples: examples.slice(0, 10),
  };
}

const unreadable = (snapshot: Snapshot, why: string) =>
  operationalError({
    code: 'HW_BALANCE_TABLE_UNREADABLE',
    message: `Table ${snapshot.tableUrl} cannot be balanced: ${why}.`,
    fix: 'Balance a table that Headwater staged.',
    path: snapshot.tableUrl,
  });
