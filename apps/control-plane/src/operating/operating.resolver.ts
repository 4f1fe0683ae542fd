import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { MeshDatabase } from '@headwater/core-mesh';
import { findProduct } from '../data-product/find-product.ts';
import type {
  ApplyOperatingPlanInput,
  PlanBackfillInput,
  PlanReplayInput,
  PlanRestartInput,
  PlanSwapInput,
  PlanSwapUndoInput,
} from '../generated/schema-types.ts';
import { toOperation } from '../operation/operation.map.ts';
import { limits } from '../schema/limits.ts';
import { userErrorsOf, type Outcome } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { DATABASE } from '../services.ts';
import { OperatingCommands } from './operating.commands.ts';
import { toOperatingPlan } from './operating.map.ts';

@Resolver('OperatingPlan')
export class OperatingResolver {
  readonly #database: MeshDatabase;
  readonly #commands: OperatingCommands;

  constructor(
    @Inject(DATABASE) database: MeshDatabase,
    @Inject(OperatingCommands) commands: OperatingCommands,
  ) {
    this.#database = database;
    this.#commands = commands;
  }

  @Query('operatingPlan')
  async operatingPlan(@Args('id') id: string) {
    return this.#find(id);
  }

  @Query('operatingPlans')
  async operatingPlans(@Args('product') name: string, @Args('first') first?: number | null) {
    const { reads } = this.#database;
    const product = await findProduct(reads, name);
    const [pipeline] = product === undefined ? [] : await reads.pipelines.byProductIds([product.id]);
    if (pipeline === undefined) return [];
    const limit = Math.min(Math.max(first ?? limits.pageSizeDefault, 1), limits.pageSizeMax);
    return (await reads.operating.latest(pipeline.spec.pipelineId, limit)).map(toOperatingPlan);
  }

  @Mutation('planReplay')
  async planReplay(@Args('input') input: PlanReplayInput, @Context() { principal }: RequestContext) {
    return this.#shown(await this.#commands.planReplay({ principal, mutation: 'planReplay', input }));
  }

  @Mutation('planBackfill')
  async planBackfill(@Args('input') input: PlanBackfillInput, @Context() { principal }: RequestContext) {
    return this.#shown(await this.#commands.planBackfill({ principal, mutation: 'planBackfill', input }));
  }

  @Mutation('planRestart')
  async planRestart(@Args('input') input: PlanRestartInput, @Context() { principal }: RequestContext) {
    return this.#shown(await this.#commands.planRestart({ principal, mutation: 'planRestart', input }));
  }

  @Mutation('planSwap')
  async planSwap(@Args('input') input: PlanSwapInput, @Context() { principal }: RequestContext) {
    return this.#shown(await this.#commands.planSwap({ principal, mutation: 'planSwap', input }));
  }

  @Mutation('planSwapUndo')
  async planSwapUndo(@Args('input') input: PlanSwapUndoInput, @Context() { principal }: RequestContext) {
    return this.#shown(await this.#commands.planSwapUndo({ principal, mutation: 'planSwapUndo', input }));
  }

  @Mutation('applyOperatingPlan')
  async applyOperatingPlan(
    @Args('input') input: ApplyOperatingPlanInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.apply({ principal, mutation: 'applyOperatingPlan', input });
    const { planId, operationId } = outcome.ok ? outcome.value : {};
    const operation = operationId === undefined ? undefined : await loaders.operation(operationId);
    return {
      operatingPlan: await this.#find(planId),
      operation: operation && toOperation(operation),
      userErrors: userErrorsOf(outcome),
    };
  }

  async #shown(outcome: Outcome<{ planId: string }>) {
    const id = outcome.ok ? outcome.value.planId : undefined;
    return { operatingPlan: await this.#find(id), userErrors: userErrorsOf(outcome) };
  }

  async #find(id: string | undefined) {
    const [stored] = id === undefined ? [] : await this.#database.reads.operating.byIds([id]);
    return stored && toOperatingPlan(stored);
  }
}
