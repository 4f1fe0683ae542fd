import { Inject } from '@nestjs/common';
import { Args, Context, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { userError } from '@headwater/kernel';
import { limits } from '../schema/limits.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { NodeQueries } from './node.queries.ts';

@Resolver('Node')
export class NodeResolver {
  readonly #queries: NodeQueries;

  constructor(@Inject(NodeQueries) queries: NodeQueries) {
    this.#queries = queries;
  }

  @ResolveField('__resolveType')
  resolveType(node: { readonly __typename: string }): string {
    return node.__typename;
  }

  @Query('node')
  node(@Args('id') id: string, @Context() { loaders }: RequestContext) {
    return this.#queries.byGlobalId(id, loaders);
  }

  @Query('nodes')
  nodes(@Args('ids') ids: readonly string[], @Context() { loaders }: RequestContext) {
    if (ids.length > limits.pageSizeMax) throw tooMany;
    return Promise.all(ids.map((id) => this.#queries.byGlobalId(id, loaders)));
  }
}

const tooMany = userError({
  code: 'HW_PAGE_INVALID',
  message: `At most ${limits.pageSizeMax} identifiers at once.`,
});
