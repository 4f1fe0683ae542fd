import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toDomain } from '../domain/domain.map.ts';
import type { CreateTeamInput } from '../generated/schema-types.ts';
import type { PageArguments } from '../schema/connection.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { TeamCommands } from './team.commands.ts';
import { toTeam, type TeamModel } from './team.map.ts';
import { TeamQueries } from './team.queries.ts';

@Resolver('Team')
export class TeamResolver {
  readonly #queries: TeamQueries;
  readonly #commands: TeamCommands;

  constructor(@Inject(TeamQueries) queries: TeamQueries, @Inject(TeamCommands) commands: TeamCommands) {
    this.#queries = queries;
    this.#commands = commands;
  }

  @Query('team')
  team(@Args('name') name: string) {
    return this.#queries.byName(name);
  }

  @Query('teams')
  teams(@Args() page: PageArguments) {
    return this.#queries.list(page);
  }

  @ResolveField('domain')
  async domain(@Parent() { domainId }: TeamModel, @Context() { loaders }: RequestContext) {
    const domain = await loaders.domain(domainId);
    return domain && toDomain(domain);
  }

  @Mutation('createTeam')
  async createTeam(@Args('input') input: CreateTeamInput, @Context() { principal, loaders }: RequestContext) {
    const outcome = await this.#commands.create({ principal, mutation: 'createTeam', input });
    const team = outcome.ok && outcome.value.teamId ? await loaders.team(outcome.value.teamId) : undefined;
    return { team: team && toTeam(team), userErrors: userErrorsOf(outcome) };
  }
}
