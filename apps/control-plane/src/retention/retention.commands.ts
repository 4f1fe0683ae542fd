import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase, Problem } from '@headwater/core-mesh';
import { err, ok } from '@headwater/kernel';
import { findProduct } from '../data-product/find-product.ts';
import { productUnknown } from '../data-product/product-unknown.ts';
import type { ApplyRetentionInput, PlanRetentionInput } from '../generated/schema-types.ts';
import { traceOfRequest } from '../operation/trace-of-request.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { DATABASE, MUTATIONS, PLATFORM, RINGS, type Platform, type Rings } from '../services.ts';
import { retentionSteps } from './retention.executor.ts';

type PlanRefs = { readonly productId: string; readonly workId: string };
type ApplyRefs = { readonly planId: string; readonly operationId: string };

/** How long a caller waits for the worker's preview. */
const previewMsMax = 15_000;
const lookEveryMs = 200;

@Injectable()
export class RetentionCommands {
  readonly #database: MeshDatabase;
  readonly #mutations: Mutations;
  readonly #platform: Platform;
  readonly #rings: Rings;

  constructor(
    @Inject(DATABASE) database: MeshDatabase,
    @Inject(MUTATIONS) mutations: Mutations,
    @Inject(PLATFORM) platform: Platform,
    @Inject(RINGS) rings: Rings,
  ) {
    this.#database = database;
    this.#mutations = mutations;
    this.#platform = platform;
    this.#rings = rings;
  }

  /** The retention worker computes the preview; this waits for it a bounded time. */
  async plan(
    call: MutationCall & { readonly input: PlanRetentionInput },
  ): Promise<Outcome<{ planId: string }>> {
    const outcome = await this.#mutations.run<PlanRefs>(call, async (unit) => {
      const product = await findProduct(unit, call.input.product);
      if (product === undefined || product.status === 'retired')
        return err([productUnknown(call.input.product)]);
      const workId = await unit.work.add({ name: 'plan-retention', payload: { productId: product.id } });
      return ok({
        refs: { productId: product.id, workId },
        audit: { event: 'retention.plan-requested', subject: product.qualifiedName, facts: { workId } },
      });
    });
    if (!outcome.ok) return outcome;
    const { productId, workId } = outcome.value;
    if (productId === undefined || workId === undefined) return ok({});
    this.#rings.retention(workId);
    return this.#awaitPreview(productId, workId);
  }

  async #awaitPreview(productId: string, workId: string): Promise<Outcome<{ planId: string }>> {
    for (let waitedMs = 0; waitedMs < previewMsMax; waitedMs += lookEveryMs) {
      const status = await this.#database.reads.work.status(workId);
      if (status?.state === 'failed') return err([toProblem(status.error)]);
      if (status?.state === 'done') {
        const plan = await this.#database.reads.retention.latestPlan(productId);
        if (plan !== undefined) return ok({ planId: plan.id });
      }
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    return err([notYet]);
  }

  async apply(call: MutationCall & { readonly input: ApplyRetentionInput }): Promise<Outcome<ApplyRefs>> {
    const { product: name, planHash } = call.input;
    const { ids } = this.#platform;
    const product = await findProduct(this.#database.reads, name);
    if (product === undefined) return err([productUnknown(name)]);
    const preview = await this.#database.reads.retention.previewByHash(product.id, planHash);
    if (preview === undefined) return err([superseded]);
    const outcome = await this.#mutations.run<ApplyRefs>(call, async (unit, actor) => {
      const operationId = ids.uuid();
      await unit.operations.create({
        id: operationId,
        kind: 'apply-retention',
        ...traceOfRequest(),
        productId: product.id,
        actor,
        input: { productId: product.id, planId: preview.id },
        steps: retentionSteps.map(({ name: step, title }) => ({ name: step, title, status: 'pending' })),
      });
      return ok({
        refs: { planId: preview.id, operationId },
        audit: {
          event: 'retention.approved',
          subject: product.qualifiedName,
          facts: { planId: preview.id, planHash, operationId },
        },
      });
    });
    this.#rings.operations();
    return outcome;
  }
}

const toProblem = (
  error: { readonly code: string; readonly message: string; readonly fix?: string } | undefined,
): Problem =>
  error ?? { code: 'HW_RETENTION_PLAN_FAILED', message: 'The retention worker could not make the plan.' };

const notYet: Problem = {
  code: 'HW_RETENTION_NO_ANSWER',
  message: 'No retention worker has answered in time; the request waits and is done as soon as one runs.',
  fix: 'Look at the retention worker, then read `retentionPlan`.',
};

const superseded: Problem = {
  code: 'HW_RETENTION_PLAN_SUPERSEDED',
  message: 'There is no preview with this hash; a newer one has taken its place, or it was carried out.',
  fix: 'Plan again and apply the hash of what is shown.',
  path: ['planHash'],
};
