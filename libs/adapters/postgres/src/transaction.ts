import type { Pool, PoolClient } from 'pg';

/** Runs `work` on one connection between BEGIN and COMMIT; a throw rolls back. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let problem: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    problem = await client.query('ROLLBACK').then(
      () => undefined,
      (rollback: unknown) => (rollback instanceof Error ? rollback : new Error(String(rollback))),
    );
    throw error;
  } finally {
    // A connection that could not roll back is thrown away.
    client.release(problem);
  }
}
