import { runSql } from '@headwater/platform-embedded';
import { uniqueName } from './unique-name.ts';

export interface TestDatabase {
  readonly databaseUrl: string;
  /** Removes it, also while somebody is still connected. */
  drop(): Promise<void>;
}

/** A fresh, empty database on the server of `databaseUrl`; one for each test file. */
export async function createTestDatabase(databaseUrl: string): Promise<TestDatabase> {
  const name = uniqueName('test');
  await runSql(databaseUrl, `CREATE DATABASE "${name}"`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return {
    databaseUrl: url.href,
    drop: async () => void (await runSql(databaseUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)),
  };
}
