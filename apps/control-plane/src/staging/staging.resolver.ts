import { Inject } from '@nestjs/common';
import {
  Args,
  Context,
  Mutation,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { toDataProduct } from '../data-product/data-product.map.ts';
import type {
  DrainPipelineInput,
  PausePipelineInput,
  ResumePipelineInput,
  SetLaneCountInput,
  SetPoisonPolicyInput,
} from '../generated/schema-types.ts';
import { toOperation } from '../operation/operation.map.ts';
import type { PageArguments } from '../schema/connection.ts';
import { limits } from '../schema/limits.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { DrainCommands } from './drain.commands.ts';
import { StagingCommands } from './staging.commands.ts';
import { toPipelineStatus, toStagingPipeline, type StagingPipelineModel } from './staging.map.ts';
import { StagingQueries } from './staging.queries.ts';
import { STATUS_FEED, type StatusFeed } from './status-feed.ts';

interface LedgerArguments extends PageArguments {
  readonly product: string;
  readonly partition?: number | null;
}

@Resolver('StagingPipeline')
export class StagingResolver {
  readonly #queries: StagingQueries;
  readonly #commands: StagingCommands;
  readonly #draining: DrainCommands;
  readonly #feed: StatusFeed;

  constructor(
    @Inject(StagingQueries) queries: StagingQueries,
    @Inject(StagingCommands) commands: StagingCommands,
    @Inject(DrainCommands) draining: DrainCommands,
    @Inject(STATUS_FEED) feed: StatusFeed,
  ) {
    this.#queries = queries;
    this.#commands = commands;
    this.#draining = draining;
    this.#feed = feed;
  }

  @Query('pipelineStatus')
  pipelineStatus(@Args('product') product: string) {
    return this.#queries.status(product);
  }

  @Query('pipelineStatuses')
  pipelineStatuses(@Args('first') first?: number | null) {
    return this.#queries.statuses(Math.min(Math.max(first ?? limits.pageSizeMax, 1), limits.pageSizeMax));
  }

  @Query('ledger')
  ledger(@Args() args: LedgerArguments) {
    return this.#queries.ledger(args.product, args, args.partition ?? undefined);
  }

  @ResolveField('dataProduct')
  async dataProduct(@Parent() { record }: StagingPipelineModel, @Context() { loaders }: RequestContext) {
    const product = await loaders.product(record.productId);
    return product && toDataProduct(product);
  }

  @ResolveField('status')
  async status(@Parent() { record }: StagingPipelineModel, @Context() { loaders }: RequestContext) {
    return toPipelineStatus(record, await loaders.report(record.spec.pipelineId));
  }

  @Mutation('pausePipeline')
  async pausePipeline(
    @Args('input') input: PausePipelineInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.pause({ principal, mutation: 'pausePipeline', input });
    const id = outcome.ok ? outcome.value.pipelineId : undefined;
    const pipeline = id === undefined ? undefined : await loaders.pipeline(id);
    return { pipeline: pipeline && toStagingPipeline(pipeline), userErrors: userErrorsOf(outcome) };
  }

  @Mutation('resumePipeline')
  async resumePipeline(
    @Args('input') input: ResumePipelineInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.resume({ principal, mutation: 'resumePipeline', input });
    const id = outcome.ok ? outcome.value.pipelineId : undefined;
    const pipeline = id === undefined ? undefined : await loaders.pipeline(id);
    return { pipeline: pipeline && toStagingPipeline(pipeline), userErrors: userErrorsOf(outcome) };
  }

  @Mutation('drainPipeline')
  async drainPipeline(
    @Args('input') input: DrainPipelineInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#draining.drain({ principal, mutation: 'drainPipeline', input });
    const { pipelineId, operationId } = outcome.ok ? outcome.value : {};
    const pipeline = pipelineId === undefined ? undefined : await loaders.pipeline(pipelineId);
    const operation = operationId === undefined ? undefined : await loaders.operation(operationId);
    return {
      pipeline: pipeline && toStagingPipeline(pipeline),
      operation: operation && toOperation(operation),
      userErrors: userErrorsOf(outcome),
    };
  }

  @Mutation('setLaneCount')
  async setLaneCount(
    @Args('input') input: SetLaneCountInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.setLaneCount({ principal, mutation: 'setLaneCount', input });
    const id = outcome.ok ? outcome.value.pipelineId : undefined;
    const pipeline = id === undefined ? undefined : await loaders.pipeline(id);
    return { pipeline: pipeline && toStagingPipeline(pipeline), userErrors: userErrorsOf(outcome) };
  }

  @Mutation('setPoisonPolicy')
  async setPoisonPolicy(
    @Args('input') input: SetPoisonPolicyInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.setPoisonPolicy({ principal, mutation: 'setPoisonPolicy', input });
    const id = outcome.ok ? outcome.value.pipelineId : undefined;
    const pipeline = id === undefined ? undefined : await loaders.pipeline(id);
    return { pipeline: pipeline && toStagingPipeline(pipeline), userErrors: userErrorsOf(outcome) };
  }

  @Subscription('pipelineStatusChanged')
  async *pipelineStatusChanged(@Args('product') product?: string | null) {
    const pipeline = product ? await this.#queries.pipelineOf(product) : undefined;
    if (product && pipeline === undefined) return;
    for await (const status of this.#feed.subscribe(pipeline?.spec.pipelineId)) {
      yield { pipelineStatusChanged: status };
    }
  }
}
