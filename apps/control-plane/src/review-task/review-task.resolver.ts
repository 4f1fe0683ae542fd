import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toApplication } from '../application/application.map.ts';
import { toChangeRequest } from '../change-request/change-request.map.ts';
import { toDataProduct } from '../data-product/data-product.map.ts';
import type { CompleteReviewTaskInput, ReviewTaskStatus } from '../generated/schema-types.ts';
import { toOperation } from '../operation/operation.map.ts';
import type { PageArguments } from '../schema/connection.ts';
import { toCoreName } from '../schema/enum-name.ts';
import { idOf } from '../schema/global-id.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { ReviewTaskCommands } from './review-task.commands.ts';
import { toReviewTask, type ReviewTaskModel } from './review-task.map.ts';
import { ReviewTaskQueries } from './review-task.queries.ts';

interface ReviewTasksArguments extends PageArguments {
  readonly status?: ReviewTaskStatus | null;
  readonly application?: string | null;
  readonly product?: string | null;
}

@Resolver('ReviewTask')
export class ReviewTaskResolver {
  readonly #queries: ReviewTaskQueries;
  readonly #commands: ReviewTaskCommands;

  constructor(
    @Inject(ReviewTaskQueries) queries: ReviewTaskQueries,
    @Inject(ReviewTaskCommands) commands: ReviewTaskCommands,
  ) {
    this.#queries = queries;
    this.#commands = commands;
  }

  @Query('reviewTask')
  async reviewTask(@Args('id') id: string, @Context() { loaders }: RequestContext) {
    const task = await loaders.reviewTask(idOf('ReviewTask', id) ?? '');
    return task && toReviewTask(task);
  }

  @Query('reviewTasks')
  reviewTasks(@Args() args: ReviewTasksArguments) {
    return this.#queries.list(args, {
      ...(args.status ? { status: toCoreName(args.status) } : {}),
      ...(args.application ? { application: args.application } : {}),
      ...(args.product ? { product: args.product } : {}),
    });
  }

  @ResolveField('application')
  async application(@Parent() { applicationId }: ReviewTaskModel, @Context() { loaders }: RequestContext) {
    const application = await loaders.application(applicationId);
    return application && toApplication(application);
  }

  @ResolveField('dataProduct')
  async dataProduct(@Parent() { productId }: ReviewTaskModel, @Context() { loaders }: RequestContext) {
    const product = await loaders.product(productId);
    return product && toDataProduct(product);
  }

  @ResolveField('changeRequest')
  async changeRequest(
    @Parent() { changeRequestId }: ReviewTaskModel,
    @Context() { loaders }: RequestContext,
  ) {
    const request = await loaders.changeRequest(changeRequestId);
    return request && toChangeRequest(request);
  }

  @Mutation('completeReviewTask')
  async completeReviewTask(
    @Args('input') input: CompleteReviewTaskInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.complete({ principal, mutation: 'completeReviewTask', input });
    const refs = outcome.ok ? outcome.value : {};
    const [task, request, operation] = await Promise.all([
      refs.reviewTaskId === undefined ? undefined : loaders.reviewTask(refs.reviewTaskId),
      refs.changeRequestId === undefined ? undefined : loaders.changeRequest(refs.changeRequestId),
      refs.operationId === undefined ? undefined : loaders.operation(refs.operationId),
    ]);
    return {
      reviewTask: task && toReviewTask(task),
      changeRequest: request && toChangeRequest(request),
      operation: operation && toOperation(operation),
      userErrors: userErrorsOf(outcome),
    };
  }
}
