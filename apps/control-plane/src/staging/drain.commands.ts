import { Inject, Injectable } from '@nestjs/common';
import { err, ok } from '@headwater/kernel';
import type { DrainPipelineInput } from '../generated/schema-types.ts';
import { traceOfRequest } from '../operation/trace-of-request.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, PLATFORM, RINGS, type Platform, type Rings } from '../services.ts';
import { drainSteps } from './drain.executor.ts';
import { findPipeline } from './staging.commands.ts';

type DrainRefs = { readonly pipelineId: string; readonly operationId: string };

@Injectable()
export class DrainCommands {
  readonly #mutations: Mutations;
  readonly #platform: Platform;
  readonly #rings: Rings;

  constructor(
    @Inject(MUTATIONS) mutations: Mutations,
    @Inject(PLATFORM) platform: Platform,
    @Inject(RINGS) rings: Rings,
  ) {
    this.#mutations = mutations;
    this.#platform = platform;
    this.#rings = rings;
  }

  /** The end is read when the operation begins, so that what was acknowledged before this call is part of it. */
  async drain(call: MutationCall & { readonly input: DrainPipelineInput }): Promise<Outcome<DrainRefs>> {
    const { product: name, reason, expectedVersion } = call.input;
    const outcome = await this.#mutations.run<DrainRefs>(call, async (unit, actor) => {
      const found = await findPipeline(unit, name);
      if (!found.ok) return found;
      const { product, pipeline } = found.value;
      const { pipelineId, generation, desiredState } = pipeline.spec;
      if (desiredState !== 'running') return err([notRunning(product.qualifiedName)]);
      if (expectedVersion !== undefined && expectedVersion !== null && expectedVersion !== generation)
        return err([moved(expectedVersion, generation)]);
      const { id: operationId } = await unit.operations.create({
        id: this.#platform.ids.uuid(),
        kind: 'drain',
        productId: product.id,
        actor,
        input: { pipelineId },
        steps: drainSteps.map(({ name: step, title }) => ({ name: step, title, status: 'pending' })),
        ...traceOfRequest(),
      });
      return ok({
        refs: { pipelineId, operationId },
        audit: {
          event: 'pipeline.drain-begun',
          subject: product.qualifiedName,
          facts: { pipelineId, operationId, reason },
        },
      });
    });
    this.#rings.operations();
    return outcome;
  }
}

const notRunning = (product: string) => ({
  code: 'HW_PIPELINE_NOT_RUNNING',
  message: `The pipeline of ${product} is paused, so nothing can be landed before it stops.`,
  fix: 'Resume it first.',
  path: ['product'],
});

const moved = (expected: number, found: number) => ({
  code: 'HW_STORE_GENERATION',
  message: `The pipeline has version ${found}, not ${expected}: somebody changed it meanwhile.`,
  fix: 'Read it again and repeat the request.',
  path: ['expectedVersion'],
});
