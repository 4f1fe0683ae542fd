import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** An in-memory DuckDB. Connections share its threads and memory limit. */
export interface Database {
  /** A connection that works in UTC. The caller closes it. */
  connect(): Promise<DuckDBConnection>;
  /** Runs the action on a connection of its own and closes it. */
  use<T>(action: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): void;
}

export interface DatabaseLimits {
  readonly threads: number;
  readonly memoryMiB: number;
  /** Where DuckDB may put what does not fit in memory; without it, nothing is put on disk. */
  readonly spillFolder?: string;
}

export async function openDatabase(limits: DatabaseLimits): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: `${limits.memoryMiB}MiB`,
    temp_directory: limits.spillFolder ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Without them the allocator keeps what the largest statement of an idle database needed.
    allocator_background_threads: 'true',
  });
  const connect = async () => {
    const connection = await instance.connect();
    await connection.run("set timezone = 'UTC'");
    return connection;
  };
  return {
    connect,
    use: async (action) => {
      const connection = await connect();
      try {
        return await action(connection);
      } finally {
        connection.closeSync();
      }
    },
    close: () => instance.closeSync(),
  };
}

/** Text as an SQL literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A name as an SQL identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
