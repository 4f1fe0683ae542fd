import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { ApplyRetentionInput, PlanRetentionInput } from '../generated/schema-types.ts';
import { toOperation } from '../operation/operation.map.ts';
import { limits } from '../schema/limits.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { RetentionCommands } from './retention.commands.ts';
import { RetentionQueries } from './retention.queries.ts';

@Resolver('RetentionPlan')
export class RetentionResolver {
  readonly #queries: RetentionQueries;
  readonly #commands: RetentionCommands;

  constructor(
    @Inject(RetentionQueries) queries: RetentionQueries,
    @Inject(RetentionCommands) commands: RetentionCommands,
  ) {
    this.#queries = queries;
    this.#commands = commands;
  }

  @Query('retentionPolicy')
  retentionPolicy(@Args('product') product: string) {
    return this.#queries.policy(product);
  }

  @Query('retentionLedger')
  retentionLedger(@Args('product') product: string) {
    return this.#queries.ledger(product);
  }

  @Query('retentionLedgers')
  retentionLedgers(@Args('first') first?: number | null) {
    return this.#queries.ledgers(Math.min(Math.max(first ?? limits.pageSizeMax, 1), limits.pageSizeMax));
  }

  @Query('retentionPlan')
  retentionPlan(@Args('product') product: string) {
    return this.#queries.plan(product);
  }

  @Mutation('planRetention')
  async planRetention(@Args('input') input: PlanRetentionInput, @Context() { principal }: RequestContext) {
    const outcome = await this.#commands.plan({ principal, mutation: 'planRetention', input });
    const id = outcome.ok ? outcome.value.planId : undefined;
    const retentionPlan = id === undefined ? undefined : await this.#queries.planById(id);
    return { retentionPlan, userErrors: userErrorsOf(outcome) };
  }

  @Mutation('applyRetention')
  async applyRetention(
    @Args('input') input: ApplyRetentionInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.apply({ principal, mutation: 'applyRetention', input });
    const { planId, operationId } = outcome.ok ? outcome.value : {};
    const retentionPlan = planId === undefined ? undefined : await this.#queries.planById(planId);
    const operation = operationId === undefined ? undefined : await loaders.operation(operationId);
    return {
      retentionPlan,
      operation: operation && toOperation(operation),
      userErrors: userErrorsOf(outcome),
    };
  }
}
