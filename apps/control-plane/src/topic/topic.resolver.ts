import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toDataProduct } from '../data-product/data-product.map.ts';
import type { Drift } from '../generated/schema-types.ts';
import type { PageArguments } from '../schema/connection.ts';
import type { TopicModel } from './topic.map.ts';
import { TopicQueries } from './topic.queries.ts';

interface TopicsArguments extends PageArguments {
  readonly drift?: Drift | null;
  readonly search?: string | null;
}

@Resolver('Topic')
export class TopicResolver {
  readonly #queries: TopicQueries;

  constructor(@Inject(TopicQueries) queries: TopicQueries) {
    this.#queries = queries;
  }

  @Query('topic')
  topic(@Args('name') name: string) {
    return this.#queries.byName(name);
  }

  @Query('topics')
  topics(@Args() args: TopicsArguments) {
    return this.#queries.list(args, {
      ...(args.drift ? { drift: args.drift } : {}),
      ...(args.search ? { search: args.search } : {}),
    });
  }

  @Query('inventory')
  inventory() {
    return this.#queries.status();
  }

  @ResolveField('dataProduct')
  dataProduct(@Parent() { product }: TopicModel) {
    return product && toDataProduct(product);
  }
}
