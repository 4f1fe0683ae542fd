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
import { toChangeRequest } from '../change-request/change-request.map.ts';
import { toDataProduct } from '../data-product/data-product.map.ts';
import type { OperationStatus, ResumeOperationInput } from '../generated/schema-types.ts';
import type { PageArguments } from '../schema/connection.ts';
import { toCoreName } from '../schema/enum-name.ts';
import { idOf } from '../schema/global-id.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import { toPlan } from '../schema/plan.map.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { OperationCommands } from './operation.commands.ts';
import { toOperation, type OperationModel } from './operation.map.ts';
import { OperationQueries } from './operation.queries.ts';

@Resolver('Operation')
export class OperationResolver {
  readonly #queries: OperationQueries;
  readonly #commands: OperationCommands;

  constructor(
    @Inject(OperationQueries) queries: OperationQueries,
    @Inject(OperationCommands) commands: OperationCommands,
  ) {
    this.#queries = queries;
    this.#commands = commands;
  }

  @Query('operation')
  async operation(@Args('id') id: string, @Context() { loaders }: RequestContext) {
    const operation = await loaders.operation(idOf('Operation', id) ?? '');
    return operation && toOperation(operation);
  }

  @Query('operations')
  operations(@Args() args: PageArguments & { readonly status?: OperationStatus | null }) {
    return this.#queries.list(args, args.status ? toCoreName(args.status) : undefined);
  }

  @ResolveField('changeRequest')
  async changeRequest(@Parent() { changeRequestId }: OperationModel, @Context() { loaders }: RequestContext) {
    const request = changeRequestId === undefined ? undefined : await loaders.changeRequest(changeRequestId);
    return request && toChangeRequest(request);
  }

  @ResolveField('plan')
  async plan(@Parent() { changeRequestId }: OperationModel, @Context() { loaders }: RequestContext) {
    const request = changeRequestId === undefined ? undefined : await loaders.changeRequest(changeRequestId);
    return request && toPlan(request.plan, request.findings);
  }

  @ResolveField('dataProduct')
  async dataProduct(@Parent() { productId }: OperationModel, @Context() { loaders }: RequestContext) {
    const product = productId === undefined ? undefined : await loaders.product(productId);
    return product && toDataProduct(product);
  }

  @Mutation('resumeOperation')
  async resumeOperation(
    @Args('input') input: ResumeOperationInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.resume({ principal, mutation: 'resumeOperation', input });
    const id = outcome.ok ? outcome.value.operationId : undefined;
    const operation = id === undefined ? undefined : await loaders.operation(id);
    return { operation: operation && toOperation(operation), userErrors: userErrorsOf(outcome) };
  }

  @Subscription('operationChanged')
  async *operationChanged(@Args('id') id: string) {
    for await (const operation of this.#queries.watch(idOf('Operation', id) ?? '')) {
      yield { operationChanged: toOperation(operation) };
    }
  }
}
