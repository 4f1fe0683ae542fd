import { openDatabase, quoteText, type Database } from '@headwater/adapter-parquet';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** One commit as it stands in the log; read without the system's own Delta code. */
export interface LogCommit {
  readonly version: number;
  readonly adds: readonly { readonly path: string; readonly size: number }[];
  readonly removes: readonly string[];
  readonly txns: readonly { readonly appId: string; readonly version: bigint }[];
  readonly operation: string;
  /** commitInfo.headwater, when the commit is one of staging. */
  readonly info: Readonly<Record<string, unknown>> | undefined;
}

/** The log of a table folder, read on from where the last call ended. */
export interface LogReader {
  readonly folder: string;
  commits(): readonly LogCommit[];
}

export function openLog(folder: string): LogReader {
  const commits: LogCommit[] = [];
  return {
    folder,
    commits() {
      for (;;) {
        const file = path.join(folder, '_delta_log', `${String(commits.length).padStart(20, '0')}.json`);
        if (!existsSync(file)) return commits;
        commits.push(parseCommit(commits.length, readFileSync(file, 'utf8')));
      }
    },
  };
}

/** The log as it stands at this moment: what lands while it is judged is not looked at. */
export function freezeLog(log: LogReader): LogReader {
  const commits = [...log.commits()];
  return { folder: log.folder, commits: () => commits };
}

function parseCommit(version: number, text: string): LogCommit {
  const actions = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
  const all = (name: string): readonly Record<string, unknown>[] =>
    actions.flatMap((action) => (action[name] === undefined ? [] : [action[name]]));
  const [commitInfo] = all('commitInfo');
  const info = commitInfo?.['headwater'];
  return {
    version,
    operation: String(commitInfo?.['operation']),
    adds: all('add').map((add) => ({
      path: decodeURIComponent(String(add['path'])),
      size: Number(add['size']),
    })),
    removes: all('remove').map((remove) => decodeURIComponent(String(remove['path']))),
    txns: all('txn').map((txn) => ({ appId: String(txn['appId']), version: BigInt(String(txn['version'])) })),
    info: typeof info === 'object' && info !== null ? (info as Record<string, unknown>) : undefined,
  };
}

/** Paths of the live files, and what is wrong with the log itself [I2][I5]. */
export function judgeLog(log: LogReader): {
  readonly live: readonly string[];
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const ever = new Set<string>();
  const live = new Map<string, number>();
  const commits = log.commits();
  for (const { version, operation, adds, removes } of commits) {
    for (const gone of removes) live.delete(gone);
    for (const { path: name, size } of adds) {
      // What is taken back names files again that were taken out.
      const isBack = operation === 'RESTORE' && !live.has(name);
      if (ever.has(name) && !isBack) problems.push(`version ${version} adds ${name} a second time`);
      ever.add(name);
      live.set(name, size);
    }
  }
  for (const [name, size] of live) {
    const file = path.join(log.folder, name);
    if (!existsSync(file)) problems.push(`${name} is in the log and not in the store`);
    else if (statSync(file).size !== size) problems.push(`${name} has another size than the log says`);
  }
  problems.push(...judgeVersions(log.folder, commits.length));
  return { live: [...live.keys()].filter((name) => existsSync(path.join(log.folder, name))), problems };
}

function judgeVersions(folder: string, count: number): readonly string[] {
  const entries = existsSync(path.join(folder, '_delta_log'))
    ? readdirSync(path.join(folder, '_delta_log'))
    : [];
  const versions = new Set(
    entries.flatMap((name) => (/^\d{20}\.json$/.test(name) ? [Number(name.slice(0, 20))] : [])),
  );
  let missing = count;
  while (versions.has(missing)) missing++;
  const beyond = [...versions].filter((version) => version > missing);
  return beyond.length === 0
    ? []
    : [`the log has a gap at version ${missing}: ${beyond.join(', ')} lie behind it`];
}

/** The newest checkpoint lists exactly the files that replay finds [I5]; a sentence when it does not. */
export async function judgeCheckpoint(database: Database, log: LogReader): Promise<readonly string[]> {
  const folder = path.join(log.folder, '_delta_log');
  const newest = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^\d{20}\.checkpoint\.parquet$/.test(name))
        .filter((name) => Number(name.slice(0, 20)) < log.commits().length)
        .sort()
        .at(-1)
    : undefined;
  if (newest === undefined) return [];
  const version = Number(newest.slice(0, 20));
  const live = new Set<string>();
  for (const { adds, removes } of log.commits().slice(0, version + 1)) {
    for (const name of removes) live.delete(name);
    for (const { path: name } of adds) live.add(name);
  }
  const rows = await query(
    database,
    `select "add".path from read_parquet(${quoteText(path.join(folder, newest))}) where "add".path is not null`,
  );
  const listed = new Set(rows.map(([name]) => decodeURIComponent(String(name))));
  const isSame = listed.size === live.size && [...live].every((name) => listed.has(name));
  return isSame
    ? []
    : [`the checkpoint of version ${version} lists ${listed.size} files, replay finds ${live.size}`];
}

export async function query(database: Database, sql: string): Promise<readonly (readonly unknown[])[]> {
  return database.use(async (connection) => (await connection.runAndReadAll(sql)).getRows());
}

export const openReader = (): Promise<Database> => openDatabase({ threads: 1, memoryMiB: 256 });

/** Values of some columns of the files, as text. */
export async function readColumns(
  database: Database,
  log: LogReader,
  live: readonly string[],
  columns: readonly string[],
): Promise<readonly (readonly unknown[])[]> {
  if (live.length === 0) return [];
  const files = live.map((name) => quoteText(path.join(log.folder, name))).join();
  return query(database, `select ${columns.join()} from read_parquet([${files}], union_by_name = true)`);
}
