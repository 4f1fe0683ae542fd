import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase, Problem } from '@headwater/core-mesh';
import type { OperatingRequest, StoredOperatingPlan } from '@headwater/core-staging';
import { err, ok, type Result } from '@headwater/kernel';
import type {
  ApplyOperatingPlanInput,
  PlanBackfillInput,
  PlanReplayInput,
  PlanRestartInput,
  PlanSwapInput,
  PlanSwapUndoInput,
} from '../generated/schema-types.ts';
import { traceOfRequest } from '../operation/trace-of-request.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { DATABASE, MUTATIONS, PLATFORM, RINGS, type Platform, type Rings } from '../services.ts';
import { findPipeline } from '../staging/staging.commands.ts';
import { operatingSteps } from './operating.executor.ts';
import { parseBackfill, parseRestart, parseSwap } from './parse-wish.ts';

type PlanRefs = { readonly planId: string; readonly workId: string };
type ApplyRefs = { readonly planId: string; readonly operationId: string };

/** How long a caller waits for a worker's preview. */
const previewMsMax = 20_000;
const lookEveryMs = 150;

@Injectable()
export class OperatingCommands {
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

  planReplay(call: MutationCall & { readonly input: PlanReplayInput }): Promise<Outcome<{ planId: string }>> {
    const { product, group, limit } = call.input;
    if (limit !== undefined && limit !== null && limit < 1) return Promise.resolve(err([limitInvalid]));
    const { stage, reason, path } = group ?? {};
    return this.#plan(call, product, {
      kind: 'replay',
      ...(stage === undefined || stage === null ? {} : { stage }),
      ...(reason === undefined || reason === null ? {} : { reason }),
      ...(path === undefined || path === null ? {} : { path }),
      ...(limit === undefined || limit === null ? {} : { limit }),
    });
  }

  planBackfill(call: MutationCall & { readonly input: PlanBackfillInput }) {
    return this.#planParsed(call, call.input.product, parseBackfill(call.input));
  }

  planRestart(call: MutationCall & { readonly input: PlanRestartInput }) {
    return this.#planParsed(call, call.input.product, parseRestart(call.input));
  }

  planSwap(call: MutationCall & { readonly input: PlanSwapInput }) {
    return this.#planParsed(call, call.input.product, parseSwap('swap', call.input.backfillId));
  }

  planSwapUndo(call: MutationCall & { readonly input: PlanSwapUndoInput }) {
    return this.#planParsed(call, call.input.product, parseSwap('undo-swap', call.input.backfillId));
  }

  async #planParsed(
    call: MutationCall,
    name: string,
    request: Result<OperatingRequest, Problem>,
  ): Promise<Outcome<{ planId: string }>> {
    return request.ok ? this.#plan(call, name, request.value) : err([request.error]);
  }

  /** A staging worker computes the preview; this waits for it a bounded time. */
  async #plan(
    call: MutationCall,
    name: string,
    request: OperatingRequest,
  ): Promise<Outcome<{ planId: string }>> {
    const outcome = await this.#mutations.run<PlanRefs>(call, async (unit, actor) => {
      const found = await findPipeline(unit, name);
      if (!found.ok) return found;
      const { pipelineId } = found.value.pipeline.spec;
      const planId = this.#platform.ids.uuid();
      await unit.operating.request({ id: planId, pipelineId, request, requestedBy: actor });
      const workId = await unit.work.add({ name: 'plan-operating', payload: { planId } });
      return ok({
        refs: { planId, workId },
        audit: {
          event: `pipeline.${request.kind}-plan-requested`,
          subject: found.value.product.qualifiedName,
          facts: { planId },
        },
      });
    });
    if (!outcome.ok) return outcome;
    const { planId, workId } = outcome.value;
    if (planId === undefined || workId === undefined) return ok({});
    this.#rings.operating(workId);
    return this.#awaitPreview(planId);
  }

  async #awaitPreview(planId: string): Promise<Outcome<{ planId: string }>> {
    for (let waitedMs = 0; waitedMs < previewMsMax; waitedMs += lookEveryMs) {
      const [stored] = await this.#database.reads.operating.byIds([planId]);
      if (stored !== undefined && stored.state !== 'planning') {
        return stored.error === undefined ? ok({ planId }) : err([toProblem(stored.error)]);
      }
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    return err([notYet]);
  }

  async apply(call: MutationCall & { readonly input: ApplyOperatingPlanInput }): Promise<Outcome<ApplyRefs>> {
    const { product: name, planHash } = call.input;
    const outcome = await this.#mutations.run<ApplyRefs>(call, async (unit, actor) => {
      const found = await findPipeline(unit, name);
      if (!found.ok) return found;
      const { product, pipeline } = found.value;
      const preview = await unit.operating.previewByHash(pipeline.spec.pipelineId, planHash);
      if (preview === undefined) return err([superseded]);
      const { id: operationId } = await unit.operations.create({
        id: this.#platform.ids.uuid(),
        kind: 'operate',
        productId: product.id,
        actor,
        input: { planId: preview.id },
        steps: operatingSteps(preview.kind).map((step) => ({ ...step, status: 'pending' })),
        ...traceOfRequest(),
      });
      return ok({
        refs: { planId: preview.id, operationId },
        audit: {
          event: `pipeline.${preview.kind}-approved`,
          subject: product.qualifiedName,
          facts: { planId: preview.id, planHash, operationId },
        },
      });
    });
    this.#rings.operations();
    return outcome;
  }
}

const toProblem = (error: NonNullable<StoredOperatingPlan['error']>): Problem => error;

const limitInvalid: Problem = {
  code: 'HW_OPERATING_LIMIT',
  message: 'The limit must be at least one record.',
  path: ['limit'],
};

const notYet: Problem = {
  code: 'HW_OPERATING_NO_ANSWER',
  message: 'No staging worker has answered in time; the plan is made as soon as one runs.',
  fix: 'Look at the staging workers, then read `operatingPlans`.',
};

const superseded: Problem = {
  code: 'HW_OPERATING_PLAN_SUPERSEDED',
  message: 'There is no preview with this hash; a newer one has taken its place, or it was carried out.',
  fix: 'Plan again and apply the hash of what is shown.',
  path: ['planHash'],
};
