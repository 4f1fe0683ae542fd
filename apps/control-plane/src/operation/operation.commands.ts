import { Inject, Injectable } from '@nestjs/common';
import type { MeshUnit, Operation, Problem } from '@headwater/core-mesh';
import { err, ok } from '@headwater/kernel';
import type { ResumeOperationInput } from '../generated/schema-types.ts';
import { idOf } from '../schema/global-id.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, RINGS, type Rings } from '../services.ts';

@Injectable()
export class OperationCommands {
  readonly #mutations: Mutations;
  readonly #rings: Rings;

  constructor(@Inject(MUTATIONS) mutations: Mutations, @Inject(RINGS) rings: Rings) {
    this.#mutations = mutations;
    this.#rings = rings;
  }

  async resume(
    call: MutationCall & { readonly input: ResumeOperationInput },
  ): Promise<Outcome<{ readonly operationId: string }>> {
    const outcome = await this.#mutations.run(call, async (unit) => {
      const id = idOf('Operation', call.input.id) ?? '';
      const [operation] = await unit.operations.byIds([id]);
      if (operation === undefined) {
        return err([{ code: 'HW_OPERATION_UNKNOWN', message: 'There is no such operation.', path: ['id'] }]);
      }
      if (operation.status !== 'failed') {
        return err([
          {
            code: 'HW_OPERATION_NOT_FAILED',
            message: `The operation is ${operation.status}; only a failed one can be resumed.`,
            path: ['id'],
          },
        ]);
      }
      if (await isSuperseded(unit, operation)) return err([superseded]);
      await unit.operations.update(id, { status: 'pending' });
      return ok({
        refs: { operationId: id },
        audit: { event: 'operation.resumed', subject: operation.kind, facts: { operationId: id } },
      });
    });
    this.#rings.operations();
    return outcome;
  }
}

const newerLookedAt = 100;

/** A later operation on the same product: going on with this one would bring an older wish back. */
async function isSuperseded(unit: MeshUnit, { id, productId, createdAtMs }: Operation): Promise<boolean> {
  if (productId === undefined) return false;
  const { items } = await unit.operations.list({ direction: 'forward', limit: newerLookedAt }, {});
  return items.some(
    ({ item }) => item.id !== id && item.productId === productId && item.createdAtMs >= createdAtMs,
  );
}

const superseded: Problem = {
  code: 'HW_OPERATION_SUPERSEDED',
  message: 'A later operation works on the same product; this one would bring an older wish back.',
  fix: 'Repeat the request you want.',
  path: ['id'],
};
