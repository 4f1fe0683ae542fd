import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { ApiToken, CreateTokenInput, RevokeTokenInput, Viewer } from '../generated/schema-types.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import { SETTINGS } from '../services.ts';
import type { Settings } from '../settings.ts';
import { toTeam } from '../team/team.map.ts';
import { TokenCommands } from './viewer.commands.ts';
import { TokenQueries } from './viewer.queries.ts';
import { toInstallation, toViewer, type ApiTokenModel, type ViewerModel } from './viewer.map.ts';

@Resolver('Viewer')
export class ViewerResolver {
  readonly #queries: TokenQueries;
  readonly #commands: TokenCommands;
  readonly #settings: Settings;

  constructor(
    @Inject(TokenQueries) queries: TokenQueries,
    @Inject(TokenCommands) commands: TokenCommands,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.#queries = queries;
    this.#commands = commands;
    this.#settings = settings;
  }

  @Query('viewer')
  viewer(@Context() { principal }: RequestContext): Viewer | null {
    return principal === undefined ? null : toViewer(principal);
  }

  @ResolveField('token')
  async token(@Parent() viewer: ViewerModel): Promise<ApiToken | null> {
    return (await this.#queries.byId(viewer.principal.tokenId)) ?? null;
  }

  @Query('installation')
  installation() {
    return toInstallation(this.#settings);
  }

  @Query('tokens')
  tokens(): Promise<readonly ApiToken[]> {
    return this.#queries.list();
  }

  @Mutation('createToken')
  async createToken(@Args('input') input: CreateTokenInput, @Context() { principal }: RequestContext) {
    const { outcome, secret } = await this.#commands.create({ principal, mutation: 'createToken', input });
    const token = await this.#queries.byOutcome(outcome);
    return { token, secret: token === undefined ? null : secret, userErrors: userErrorsOf(outcome) };
  }

  @Mutation('revokeToken')
  async revokeToken(@Args('input') input: RevokeTokenInput, @Context() { principal }: RequestContext) {
    const outcome = await this.#commands.revoke({ principal, mutation: 'revokeToken', input });
    const token = await this.#queries.byOutcome(outcome);
    return { token, userErrors: userErrorsOf(outcome) };
  }
}

@Resolver('ApiToken')
export class ApiTokenResolver {
  @ResolveField('team')
  async team(@Parent() { teamId }: ApiTokenModel, @Context() { loaders }: RequestContext) {
    const team = teamId === undefined ? undefined : await loaders.team(teamId);
    return team && toTeam(team);
  }
}
