import { Inject } from '@nestjs/common';
import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toJsonSchema } from '@headwater/core-contract';
import type { InferContractInput } from '../generated/schema-types.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { documentOf, toChangelog, toPromises, type DataContractModel } from './data-contract.map.ts';
import { DataContractQueries } from './data-contract.queries.ts';

@Resolver('DataContract')
export class DataContractResolver {
  readonly #queries: DataContractQueries;

  constructor(@Inject(DataContractQueries) queries: DataContractQueries) {
    this.#queries = queries;
  }

  @Query('lintContract')
  lintContract(@Args('contract') contract: string) {
    return this.#queries.lint(contract);
  }

  @Query('inferContract')
  inferContract(@Args('input') input: InferContractInput) {
    return this.#queries.infer(input);
  }

  @ResolveField('jsonSchema')
  jsonSchema(@Parent() { contract }: DataContractModel) {
    return toJsonSchema(contract.compiled);
  }

  @ResolveField('purpose')
  purpose(@Parent() { contract }: DataContractModel) {
    return documentOf(contract)?.odcs.description?.purpose;
  }

  @ResolveField('usage')
  usage(@Parent() { contract }: DataContractModel) {
    return documentOf(contract)?.odcs.description?.usage;
  }

  @ResolveField('limitations')
  limitations(@Parent() { contract }: DataContractModel) {
    return documentOf(contract)?.odcs.description?.limitations;
  }

  @ResolveField('promises')
  promises(@Parent() { contract }: DataContractModel) {
    return toPromises(documentOf(contract));
  }

  @ResolveField('changelog')
  async changelog(@Parent() { contract }: DataContractModel, @Context() { loaders }: RequestContext) {
    const versions = await loaders.contractsOfProduct(contract.productId);
    const place = versions.findIndex(({ id }) => id === contract.id);
    const before = place < 0 ? undefined : versions[place + 1];
    return before && toChangelog(documentOf(before), documentOf(contract));
  }
}
