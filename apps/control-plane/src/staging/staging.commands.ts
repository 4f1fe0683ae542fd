import { Inject, Injectable } from '@nestjs/common';
import type { DataProduct, MeshUnit, PipelineRecord, Problem } from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';
import { productUnknown } from '../data-product/product-unknown.ts';
import { findProduct } from '../data-product/find-product.ts';
import type { PausePipelineInput, ResumePipelineInput } from '../generated/schema-types.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, RINGS, type Rings } from '../services.ts';

type PipelineRefs = { readonly pipelineId: string };

interface StateChange {
  readonly product: string;
  readonly state: 'running' | 'paused';
  readonly event: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly expectedVersion: number | null | undefined;
}

@Injectable()
export class StagingCommands {
  readonly #mutations: Mutations;
  readonly #rings: Rings;

  constructor(@Inject(MUTATIONS) mutations: Mutations, @Inject(RINGS) rings: Rings) {
    this.#mutations = mutations;
    this.#rings = rings;
  }

  pause(call: MutationCall & { readonly input: PausePipelineInput }): Promise<Outcome<PipelineRefs>> {
    const { product, reason, expectedVersion } = call.input;
    return this.#change(call, {
      product,
      state: 'paused',
      event: 'pipeline.paused',
      facts: { reason },
      expectedVersion,
    });
  }

  resume(call: MutationCall & { readonly input: ResumePipelineInput }): Promise<Outcome<PipelineRefs>> {
    const { product, expectedVersion } = call.input;
    return this.#change(call, {
      product,
      state: 'running',
      event: 'pipeline.resumed',
      facts: {},
      expectedVersion,
    });
  }

  async #change(call: MutationCall, change: StateChange): Promise<Outcome<PipelineRefs>> {
    const outcome = await this.#mutations.run<PipelineRefs>(call, async (unit) => {
      const found = await findPipeline(unit, change.product);
      if (!found.ok) return found;
      const { product, pipeline } = found.value;
      const { pipelineId, generation } = pipeline.spec;
      if (pipeline.spec.desiredState !== change.state) {
        await unit.pipelines.update(pipelineId, change.expectedVersion ?? generation, {
          desiredState: change.state,
        });
      }
      return ok({
        refs: { pipelineId },
        audit: {
          event: change.event,
          subject: product.qualifiedName,
          facts: { pipelineId, ...change.facts },
        },
      });
    });
    if (outcome.ok && outcome.value.pipelineId !== undefined) this.#rings.staging(outcome.value.pipelineId);
    return outcome;
  }
}

async function findPipeline(
  unit: MeshUnit,
  name: string,
): Promise<Result<{ readonly product: DataProduct; readonly pipeline: PipelineRecord }, readonly Problem[]>> {
  const product = await findProduct(unit, name);
  if (product === undefined) return err([productUnknown(name)]);
  const [pipeline] = await unit.pipelines.byProductIds([product.id]);
  if (pipeline !== undefined && pipeline.spec.desiredState !== 'retired') return ok({ product, pipeline });
  return err([
    {
      code: 'HW_PIPELINE_MISSING',
      message: `${product.qualifiedName} is ${product.status} and has no pipeline that could be paused or resumed.`,
      path: ['product'],
    },
  ]);
}
