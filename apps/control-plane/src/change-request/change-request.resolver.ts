import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toChangePayload } from '../data-product/change-payload.ts';
import { toDataProduct } from '../data-product/data-product.map.ts';
import type {
  ApproveChangeRequestInput,
  ChangeRequestStatus,
  DeclineChangeRequestInput,
  WithdrawChangeRequestInput,
} from '../generated/schema-types.ts';
import { toOperation } from '../operation/operation.map.ts';
import type { PageArguments } from '../schema/connection.ts';
import { toCoreName } from '../schema/enum-name.ts';
import { idOf } from '../schema/global-id.ts';
import { toReviewTask } from '../review-task/review-task.map.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { ChangeRequestCommands } from './change-request.commands.ts';
import { toChangeRequest, type ChangeRequestModel } from './change-request.map.ts';
import { ChangeRequestQueries } from './change-request.queries.ts';

@Resolver('ChangeRequest')
export class ChangeRequestResolver {
  readonly #queries: ChangeRequestQueries;
  readonly #commands: ChangeRequestCommands;

  constructor(
    @Inject(ChangeRequestQueries) queries: ChangeRequestQueries,
    @Inject(ChangeRequestCommands) commands: ChangeRequestCommands,
  ) {
    this.#queries = queries;
    this.#commands = commands;
  }

  @Query('changeRequest')
  async changeRequest(@Args('id') id: string, @Context() { loaders }: RequestContext) {
    const request = await loaders.changeRequest(idOf('ChangeRequest', id) ?? '');
    return request && toChangeRequest(request);
  }

  @Query('changeRequests')
  changeRequests(@Args() args: PageArguments & { readonly status?: ChangeRequestStatus | null }) {
    return this.#queries.list(args, args.status ? toCoreName(args.status) : undefined);
  }

  @ResolveField('dataProduct')
  async dataProduct(@Parent() { productId }: ChangeRequestModel, @Context() { loaders }: RequestContext) {
    const product = await loaders.product(productId);
    return product && toDataProduct(product);
  }

  @ResolveField('reviewTasks')
  async reviewTasks(
    @Parent() { changeRequestId }: ChangeRequestModel,
    @Context() { loaders }: RequestContext,
  ) {
    return (await loaders.reviewTasksOfRequest(changeRequestId)).map(toReviewTask);
  }

  @ResolveField('operation')
  async operation(@Parent() { operationId }: ChangeRequestModel, @Context() { loaders }: RequestContext) {
    const operation = operationId === undefined ? undefined : await loaders.operation(operationId);
    return operation && toOperation(operation);
  }

  @Mutation('approveChangeRequest')
  async approveChangeRequest(
    @Args('input') input: ApproveChangeRequestInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.approve({ principal, mutation: 'approveChangeRequest', input });
    return toChangePayload({ outcome }, loaders);
  }

  @Mutation('declineChangeRequest')
  async declineChangeRequest(
    @Args('input') input: DeclineChangeRequestInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.decline({ principal, mutation: 'declineChangeRequest', input });
    return toChangePayload({ outcome }, loaders);
  }

  @Mutation('withdrawChangeRequest')
  async withdrawChangeRequest(
    @Args('input') input: WithdrawChangeRequestInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.withdraw({ principal, mutation: 'withdrawChangeRequest', input });
    return toChangePayload({ outcome }, loaders);
  }
}
