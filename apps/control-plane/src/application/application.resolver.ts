import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { RegisterApplicationInput } from '../generated/schema-types.ts';
import type { PageArguments } from '../schema/connection.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { toTeam } from '../team/team.map.ts';
import { ApplicationCommands } from './application.commands.ts';
import { toApplication, toApplicationRead, type ApplicationModel } from './application.map.ts';
import { ApplicationQueries } from './application.queries.ts';

@Resolver('Application')
export class ApplicationResolver {
  readonly #queries: ApplicationQueries;
  readonly #commands: ApplicationCommands;

  constructor(
    @Inject(ApplicationQueries) queries: ApplicationQueries,
    @Inject(ApplicationCommands) commands: ApplicationCommands,
  ) {
    this.#queries = queries;
    this.#commands = commands;
  }

  @Query('application')
  application(@Args('name') name: string) {
    return this.#queries.byName(name);
  }

  @Query('applications')
  applications(@Args() page: PageArguments) {
    return this.#queries.list(page);
  }

  @ResolveField('team')
  async team(@Parent() { teamId }: ApplicationModel, @Context() { loaders }: RequestContext) {
    const team = await loaders.team(teamId);
    return team && toTeam(team);
  }

  @ResolveField('reads')
  async reads(@Parent() { applicationId }: ApplicationModel, @Context() { loaders }: RequestContext) {
    return (await loaders.readsOfApplication(applicationId)).map(toApplicationRead);
  }

  @Mutation('registerApplication')
  async registerApplication(
    @Args('input') input: RegisterApplicationInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.register({ principal, mutation: 'registerApplication', input });
    const id = outcome.ok ? outcome.value.applicationId : undefined;
    const application = id === undefined ? undefined : await loaders.application(id);
    return { application: application && toApplication(application), userErrors: userErrorsOf(outcome) };
  }
}
