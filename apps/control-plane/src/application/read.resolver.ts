import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { toDataProduct } from '../data-product/data-product.map.ts';
import type { DeclareReadInput, WithdrawReadInput } from '../generated/schema-types.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { toApplication, toApplicationRead, type ApplicationReadModel } from './application.map.ts';
import { ReadCommands } from './read.commands.ts';

@Resolver('ApplicationRead')
export class ReadResolver {
  readonly #commands: ReadCommands;

  constructor(@Inject(ReadCommands) commands: ReadCommands) {
    this.#commands = commands;
  }

  @ResolveField('application')
  async application(
    @Parent() { applicationId }: ApplicationReadModel,
    @Context() { loaders }: RequestContext,
  ) {
    const application = await loaders.application(applicationId);
    return application && toApplication(application);
  }

  @ResolveField('dataProduct')
  async dataProduct(@Parent() { productId }: ApplicationReadModel, @Context() { loaders }: RequestContext) {
    const product = await loaders.product(productId);
    return product && toDataProduct(product);
  }

  @Mutation('declareRead')
  async declareRead(
    @Args('input') input: DeclareReadInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.declare({ principal, mutation: 'declareRead', input });
    const id = outcome.ok ? outcome.value.readId : undefined;
    const read = id === undefined ? undefined : await loaders.read(id);
    return { read: read && toApplicationRead(read), userErrors: userErrorsOf(outcome) };
  }

  @Mutation('withdrawRead')
  async withdrawRead(
    @Args('input') input: WithdrawReadInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.withdraw({ principal, mutation: 'withdrawRead', input });
    const id = outcome.ok ? outcome.value.applicationId : undefined;
    const application = id === undefined ? undefined : await loaders.application(id);
    return { application: application && toApplication(application), userErrors: userErrorsOf(outcome) };
  }
}
