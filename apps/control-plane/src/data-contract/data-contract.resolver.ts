import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toJsonSchema } from '@headwater/core-contract';
import type { InferContractInput } from '../generated/schema-types.ts';
import type { DataContractModel } from './data-contract.map.ts';
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
}
