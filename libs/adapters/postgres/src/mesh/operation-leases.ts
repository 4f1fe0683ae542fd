import type { Operation, OperationLeases } from '@headwater/core-mesh';
import type { Pool } from 'pg';
import type { Db } from '../prisma.ts';
import { toOperation } from './operation-store.ts';

interface ClaimedRow {
  readonly id: string;
  readonly fence: string;
}

/** Leases on operations, set and compared by Postgres's clock only. */
export const createOperationLeases = (pool: Pool, db: Db, tenant: string): OperationLeases => ({
  async claim(owner, ttlMs) {
    const { rows } = await pool.query<ClaimedRow>(
      `UPDATE operation SET lease_owner = $2, lease_until = now() + $3 * interval '1 millisecond', fence = fence + 1
       WHERE id = (
         SELECT id FROM operation
         WHERE tenant = $1 AND status IN ('pending', 'running') AND (lease_until IS NULL OR lease_until <= now())
         ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, fence`,
      [tenant, owner, ttlMs],
    );
    const [claimed] = rows;
    if (claimed === undefined) return undefined;
    const operation: Operation = toOperation(
      await db.operation.findUniqueOrThrow({ where: { id: claimed.id } }),
    );
    return { operation, fence: BigInt(claimed.fence) };
  },
  async renew(operationId, owner, fence, ttlMs) {
    const { rowCount } = await pool.query(
      `UPDATE operation SET lease_until = now() + $4 * interval '1 millisecond'
       WHERE id = $1 AND lease_owner = $2 AND fence = $3 AND lease_until > now()`,
      [operationId, owner, fence, ttlMs],
    );
    return rowCount === 1;
  },
  async release(operationId, owner, fence) {
    await pool.query(
      'UPDATE operation SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2 AND fence = $3',
      [operationId, owner, fence],
    );
  },
});
