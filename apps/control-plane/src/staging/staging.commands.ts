import { Inject, Injectable } from '@nestjs/common';
import type { DataProduct, MeshUnit, PipelineRecord, PipelineStore, Problem } from '@headwater/core-mesh';
import type { PipelineSpec } from '@headwater/core-staging';
import { err, ok, type Result } from '@headwater/kernel';
import { productUnknown } from '../data-product/product-unknown.ts';
import { findProduct } from '../data-product/find-product.ts';
import type {
  PausePipelineInput,
  ResumePipelineInput,
  SetLaneCountInput,
  SetPoisonPolicyInput,
} from '../generated/schema-types.ts';
import { toCoreName } from '../schema/enum-name.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS, RINGS, type Rings } from '../services.ts';

type PipelineRefs = { readonly pipelineId: string };

interface StateChange {
  readonly product: string;
  readonly change: (spec: PipelineSpec) => Parameters<PipelineStore['update']>[2] | undefined;
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
      change: toState('paused'),
      event: 'pipeline.paused',
      facts: { reason },
      expectedVersion,
    });
  }

  resume(call: MutationCall & { readonly input: ResumePipelineInput }): Promise<Outcome<PipelineRefs>> {
    const { product, expectedVersion } = call.input;
    return this.#change(call, {
      product,
      change: toState('running'),
      event: 'pipeline.resumed',
      facts: {},
      expectedVersion,
    });
  }

  setLaneCount(call: MutationCall & { readonly input: SetLaneCountInput }): Promise<Outcome<PipelineRefs>> {
    const { product, count, expectedVersion } = call.input;
    if (count < 1 || count > LANES_MAX) return Promise.resolve(err([laneCountInvalid]));
    return this.#change(call, {
      product,
      change: ({ lanes = 1 }) => (lanes === count ? undefined : { lanes: count }),
      event: 'pipeline.lane-count-set',
      facts: { lanes: String(count) },
      expectedVersion,
    });
  }

  setPoisonPolicy(
    call: MutationCall & { readonly input: SetPoisonPolicyInput },
  ): Promise<Outcome<PipelineRefs>> {
    const { product, share, windowRecords, window, action, expectedVersion } = call.input;
    const isSound = share > 0 && share <= 1 && windowRecords >= 1 && window >= 1_000;
    if (!isSound) return Promise.resolve(err([poisonPolicyInvalid]));
    const poison = { share, windowRecords, windowMs: window, policy: toCoreName(action) };
    return this.#change(call, {
      product,
      change: () => ({ poison }),
      event: 'pipeline.poison-policy-set',
      facts: { share: String(share), windowRecords: String(windowRecords), policy: poison.policy },
      expectedVersion,
    });
  }

  async #change(call: MutationCall, change: StateChange): Promise<Outcome<PipelineRefs>> {
    const outcome = await this.#mutations.run<PipelineRefs>(call, async (unit) => {
      const found = await findPipeline(unit, change.product);
      if (!found.ok) return found;
      const { product, pipeline } = found.value;
      const { pipelineId, generation } = pipeline.spec;
      const wanted = change.change(pipeline.spec);
      if (wanted !== undefined) {
        await unit.pipelines.update(pipelineId, change.expectedVersion ?? generation, wanted);
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

/** A drain ends with any other wish about the state. */
const toState =
  (desiredState: 'running' | 'paused') =>
  (spec: PipelineSpec): ReturnType<StateChange['change']> =>
    spec.desiredState === desiredState && spec.drainTo === undefined
      ? undefined
      : { desiredState, drainTo: undefined };

/** More lanes of one table would only wait for each other's commits. */
const LANES_MAX = 64;

const laneCountInvalid: Problem = {
  code: 'HW_LANE_COUNT_INVALID',
  message: `A pipeline has 1 to ${LANES_MAX} lanes.`,
  fix: 'Ask for at most as many lanes as the topic has partitions; a lane without one has nothing to do.',
  path: ['count'],
};

const poisonPolicyInvalid: Problem = {
  code: 'HW_POISON_POLICY_INVALID',
  message:
    'A poison policy needs a share above 0 and at most 1, a window of at least one record and one second.',
  fix: 'For example share 0.2, windowRecords 1000, window PT5M.',
  path: ['share'],
};

export async function findPipeline(
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
