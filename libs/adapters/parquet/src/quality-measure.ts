import { StatementType, type DuckDBConnection } from '@duckdb/node-api';
import { matchesPattern, SQL_RELATION } from '@headwater/core-contract';
import type { QualityCheck, QualityMeasurement, QualityMetric } from '@headwater/core-contract';
import { openDatabase, quoteName, quoteText } from './database.ts';

/** Rows that checks are measured on: a SELECT and the local files it reads. */
export interface MeasuredRows {
  readonly select: string;
  readonly files: readonly string[];
}

export interface MeasureLimits {
  readonly memoryMiB: number;
  readonly threads: number;
  /** A query of a check that runs longer is interrupted. */
  readonly timeoutMs: number;
}

/**
 * Measures every check of kind `measure` over the rows, each with its outcome. Queries of checks are a contract author's
 * text: they run in a database of their own that reads the given files, writes nothing and cannot be configured.
 */
export async function measureQuality(
  rows: MeasuredRows,
  checks: readonly QualityCheck[],
  limits: MeasureLimits,
): Promise<ReadonlyMap<string, QualityMeasurement>> {
  const measurable = checks.filter(({ run }) => run.kind === 'measure');
  if (measurable.length === 0) return new Map();
  const database = await openDatabase(limits);
  try {
    return await database.use(async (connection) => {
      await lock(connection, rows.files);
      await connection.run(`create temp view ${SQL_RELATION} as ${rows.select}`);
      const total = await numberOf(connection, `select count(*) from ${SQL_RELATION}`);
      const outcomes = new Map<string, QualityMeasurement>();
      for (const check of measurable) {
        outcomes.set(check.path, await measureOne(connection, check, total, limits.timeoutMs));
      }
      return outcomes;
    });
  } finally {
    database.close();
  }
}

/** Nothing but the files can be read from here on, and nothing written outside the database. */
async function lock(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  await connection.run(`set allowed_paths = [${files.map(quoteText).join(', ')}]`);
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
}

async function measureOne(
  connection: DuckDBConnection,
  { run }: QualityCheck,
  rows: number,
  timeoutMs: number,
): Promise<QualityMeasurement> {
  if (run.kind !== 'measure') return { kind: 'skipped', why: 'it is not measured' };
  const alarm = setTimeout(() => connection.interrupt(), timeoutMs);
  try {
    return { kind: 'measured', value: await valueOf(connection, run.metric, rows), rows };
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { kind: 'error', message: /interrupt/i.test(why) ? `it took longer than ${timeoutMs} ms` : why };
  } finally {
    clearTimeout(alarm);
  }
}

async function valueOf(connection: DuckDBConnection, metric: QualityMetric, rows: number): Promise<number> {
  switch (metric.metric) {
    case 'rowCount':
      return rows;
    case 'nullValues':
      return countWhere(connection, `${quoteName(metric.column)} is null`);
    case 'missingValues':
      return countWhere(
        connection,
        `${quoteName(metric.column)} is null or ${isOneOf(metric.column, metric.values)}`,
      );
    case 'invalidValues':
      return invalidValues(connection, metric);
    case 'duplicateValues':
      return duplicates(connection, metric.columns);
    case 'sql':
      return queryValue(connection, metric.query);
  }
}

const countWhere = (connection: DuckDBConnection, condition: string): Promise<number> =>
  numberOf(connection, `select count(*) filter (where ${condition}) from ${SQL_RELATION}`);

/** The value, written as text, is one of the listed ones. */
function isOneOf(column: string, values: readonly unknown[]): string {
  const stated = values.filter((value) => value !== null && value !== undefined).map(String);
  if (stated.length === 0) return 'false';
  return `${quoteName(column)}::varchar in (${stated.map(quoteText).join(', ')})`;
}

async function invalidValues(
  connection: DuckDBConnection,
  metric: Extract<QualityMetric, { metric: 'invalidValues' }>,
): Promise<number> {
  const name = quoteName(metric.column);
  const matches = metric.pattern === undefined ? undefined : matchesPattern(metric.pattern);
  const listed = metric.validValues?.filter((value) => value !== null).map(String);
  const valid = listed === undefined ? undefined : new Set(listed);
  const groups = await connection.stream(
    `select ${name}::varchar, count(*) from ${SQL_RELATION} where ${name} is not null group by 1`,
  );
  let invalid = 0;
  for (
    let chunk = await groups.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await groups.fetchChunk()
  ) {
    for (const [value, count] of chunk.getRows()) {
      const text = String(value);
      const isValid = (valid === undefined || valid.has(text)) && (matches === undefined || matches(text));
      if (!isValid) invalid += Number(count);
    }
  }
  return invalid;
}

async function duplicates(connection: DuckDBConnection, columns: readonly string[]): Promise<number> {
  const names = columns.map(quoteName);
  const isWhole = names.map((name) => `${name} is not null`).join(' and ');
  return numberOf(
    connection,
    `select coalesce(sum(n - 1), 0) from (select count(*) n from ${SQL_RELATION} where ${isWhole} group by ${names.join(', ')})`,
  );
}

async function queryValue(connection: DuckDBConnection, query: string): Promise<number> {
  const statements = await connection.extractStatements(query);
  if (statements.count !== 1) throw new Error('a check has exactly one statement');
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT) throw new Error('a check is a SELECT');
  const rows = (await prepared.runAndReadUntil(2)).getRows();
  if (rows.length !== 1 || rows[0]!.length !== 1) throw new Error('the query of a check gives one value');
  return toNumber(rows[0]![0]);
}

async function numberOf(connection: DuckDBConnection, sql: string): Promise<number> {
  return toNumber((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
}

function toNumber(value: unknown): number {
  const number = value === null || value === undefined ? Number.NaN : Number(value as bigint);
  if (!Number.isFinite(number)) throw new Error('the query of a check gives a number');
  return number;
}
