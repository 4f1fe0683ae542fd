import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DataProductQueries } from '../data-product/data-product.queries.ts';
import type { CreateDomainInput } from '../generated/schema-types.ts';
import type { PageArguments } from '../schema/connection.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { toTeam } from '../team/team.map.ts';
import { DomainCommands } from './domain.commands.ts';
import { toDomain, type DomainModel } from './domain.map.ts';
import { DomainQueries } from './domain.queries.ts';

@Resolver('Domain')
export class DomainResolver {
  readonly #queries: DomainQueries;
  readonly #commands: DomainCommands;
  readonly #products: DataProductQueries;

  constructor(
    @Inject(DomainQueries) queries: DomainQueries,
    @Inject(DomainCommands) commands: DomainCommands,
    @Inject(DataProductQueries) products: DataProductQueries,
  ) {
    this.#queries = queries;
    this.#commands = commands;
    this.#products = products;
  }

  @Query('domain')
  domain(@Args('name') name: string) {
    return this.#queries.byName(name);
  }

  @Query('domains')
  domains(@Args() page: PageArguments) {
    return this.#queries.list(page);
  }

  @ResolveField('teams')
  async teams(@Parent() { domainId }: DomainModel, @Context() { loaders }: RequestContext) {
    return (await loaders.teamsOfDomain(domainId)).map(toTeam);
  }

  @ResolveField('dataProducts')
  dataProducts(@Parent() { domainId }: DomainModel, @Args() page: PageArguments) {
    return this.#products.list(page, { domainId });
  }

  @Mutation('createDomain')
  async createDomain(
    @Args('input') input: CreateDomainInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.create({ principal, mutation: 'createDomain', input });
    const domain =
      outcome.ok && outcome.value.domainId ? await loaders.domain(outcome.value.domainId) : undefined;
    return { domain: domain && toDomain(domain), userErrors: userErrorsOf(outcome) };
  }
}
