import type { IdempotencyStore } from '@headwater/core-mesh';
import { userError } from '@headwater/kernel';
import type { Db } from '../prisma.ts';
import { fromJson, toJson } from '../row.ts';
import { unlessTaken } from '../store-problem.ts';

export const createIdempotencyStore = (db: Db, tenant: string): IdempotencyStore => ({
  async find(actor, mutation, idempotencyKey) {
    const row = await db.idempotencyKey.findUnique({
      where: { tenant_actor_mutation_key: { tenant, actor, mutation, key: idempotencyKey } },
    });
    if (row === null) return undefined;
    return { actor, mutation, idempotencyKey, inputHash: row.inputHash, outcome: fromJson(row.outcome) };
  },
  async remember({ actor, mutation, idempotencyKey, inputHash, outcome }) {
    await unlessTaken(
      db.idempotencyKey.create({
        data: { tenant, actor, mutation, key: idempotencyKey, inputHash, outcome: toJson(outcome) },
      }),
      () =>
        userError({
          code: 'HW_STORE_IDEMPOTENCY_KEY',
          message: `The idempotency key ${idempotencyKey} was used for ${mutation} at the same moment.`,
          fix: 'Repeat the call: it returns the first outcome.',
          path: 'idempotencyKey',
        }),
    );
  },
});
