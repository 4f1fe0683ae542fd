import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toApplication } from '../application/application.map.ts';
import { toChangePayload } from '../data-product/change-payload.ts';
import { toDataProduct } from '../data-product/data-product.map.ts';
import type { AdviseContractChangeInput, PublishContractVersionInput } from '../generated/schema-types.ts';
import { toUserErrors } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { ContractChangeCommands } from './contract-change.commands.ts';
import { toChangeAdvice, type ChangeAdviceModel, type ReaderImpactModel } from './contract-change.map.ts';

@Resolver('ChangeAdvice')
export class ContractChangeResolver {
  readonly #commands: ContractChangeCommands;

  constructor(@Inject(ContractChangeCommands) commands: ContractChangeCommands) {
    this.#commands = commands;
  }

  @Query('adviseContractChange')
  async adviseContractChange(@Args('input') input: AdviseContractChangeInput) {
    const { advice, problems } = await this.#commands.advise(input);
    return { advice: advice && toChangeAdvice(advice), userErrors: toUserErrors(problems) };
  }

  @Mutation('publishContractVersion')
  async publishContractVersion(
    @Args('input') input: PublishContractVersionInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const call = { principal, mutation: 'publishContractVersion', input };
    return toChangePayload(await this.#commands.publish(call), loaders);
  }

  @ResolveField('dataProduct')
  async dataProduct(@Parent() { productId }: ChangeAdviceModel, @Context() { loaders }: RequestContext) {
    const product = await loaders.product(productId);
    return product && toDataProduct(product);
  }
}

@Resolver('ReaderImpact')
export class ReaderImpactResolver {
  @ResolveField('application')
  async application(@Parent() { applicationId }: ReaderImpactModel, @Context() { loaders }: RequestContext) {
    const application = await loaders.application(applicationId);
    return application && toApplication(application);
  }
}
