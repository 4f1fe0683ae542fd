import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { MeshDatabase } from '@headwater/core-mesh';
import { toDataProduct, type DataProductModel } from '../data-product/data-product.map.ts';
import type { MeasureQualityInput } from '../generated/schema-types.ts';
import { parsePage, toConnection, type PageArguments } from '../schema/connection.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { DATABASE } from '../services.ts';
import { QualityCommands } from './quality.commands.ts';
import { toQualityRun, type QualityRunModel } from './quality.map.ts';

@Resolver('DataProduct')
export class ProductQualityResolver {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  @ResolveField('quality')
  async quality(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    const run = await loaders.qualityOfProduct(product.id);
    return run && toQualityRun(run);
  }

  @ResolveField('qualityRuns')
  async qualityRuns(@Parent() { product }: DataProductModel, @Args() page: PageArguments) {
    const filter = { productId: product.id };
    return toConnection(await this.#database.reads.quality.list(parsePage(page), filter), toQualityRun);
  }
}

@Resolver('QualityRun')
export class QualityResolver {
  readonly #commands: QualityCommands;

  constructor(@Inject(QualityCommands) commands: QualityCommands) {
    this.#commands = commands;
  }

  @ResolveField('dataProduct')
  async dataProduct(@Parent() { productId }: QualityRunModel, @Context() { loaders }: RequestContext) {
    const product = await loaders.product(productId);
    return product && toDataProduct(product);
  }

  @Mutation('measureQuality')
  async measureQuality(
    @Args('input') input: MeasureQualityInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.measure({ principal, mutation: 'measureQuality', input });
    const id = outcome.ok ? outcome.value.workId : undefined;
    const run = id === undefined ? undefined : await loaders.qualityRun(id);
    return { qualityRun: run && toQualityRun(run), userErrors: userErrorsOf(outcome) };
  }
}
