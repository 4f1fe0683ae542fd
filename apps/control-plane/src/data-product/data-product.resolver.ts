import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { userError } from '@headwater/kernel';
import { toApplicationRead } from '../application/application.map.ts';
import { toDataContract } from '../data-contract/data-contract.map.ts';
import { toDomain } from '../domain/domain.map.ts';
import type {
  DataProductStatus,
  OnboardDataProductInput,
  RetireDataProductInput,
} from '../generated/schema-types.ts';
import { toIncident } from '../incident/incident.map.ts';
import { toRetentionPolicy } from '../retention/retention.map.ts';
import type { PageArguments } from '../schema/connection.ts';
import { toCoreName } from '../schema/enum-name.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { SETTINGS } from '../services.ts';
import type { Settings } from '../settings.ts';
import { toStagingPipeline } from '../staging/staging.map.ts';
import { toTeam } from '../team/team.map.ts';
import { toChangePayload } from './change-payload.ts';
import { toConnectionGuide } from './connection-guide.ts';
import { DataProductCommands } from './data-product.commands.ts';
import { toOutputPorts, type DataProductModel } from './data-product.map.ts';
import { DataProductQueries } from './data-product.queries.ts';

interface DataProductsArguments extends PageArguments {
  readonly domain?: string | null;
  readonly status?: DataProductStatus | null;
  readonly search?: string | null;
}

@Resolver('DataProduct')
export class DataProductResolver {
  readonly #queries: DataProductQueries;
  readonly #commands: DataProductCommands;
  readonly #settings: Settings;

  constructor(
    @Inject(DataProductQueries) queries: DataProductQueries,
    @Inject(DataProductCommands) commands: DataProductCommands,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.#queries = queries;
    this.#commands = commands;
    this.#settings = settings;
  }

  @Query('dataProduct')
  dataProduct(@Args('id') id?: string | null, @Args('name') name?: string | null) {
    if ((id ?? undefined) === undefined ? !name : name) throw idOrName;
    return this.#queries.find(id ?? name ?? '');
  }

  @Query('dataProducts')
  dataProducts(@Args() args: DataProductsArguments) {
    return this.#queries.search(args, {
      ...(args.domain ? { domain: args.domain } : {}),
      ...(args.status ? { status: toCoreName(args.status) } : {}),
      ...(args.search ? { search: args.search } : {}),
    });
  }

  @ResolveField('domain')
  async domain(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    const domain = await loaders.domain(product.domainId);
    return domain && toDomain(domain);
  }

  @ResolveField('owner')
  async owner(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    const team = await loaders.team(product.ownerTeamId);
    return team && toTeam(team);
  }

  @ResolveField('contract')
  async contract(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    const contract = await loaders.contract(product.contractVersionId);
    return contract && toDataContract(contract, true);
  }

  @ResolveField('contractVersions')
  async contractVersions(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    const versions = await loaders.contractsOfProduct(product.id);
    return versions.map((version) => toDataContract(version, version.id === product.contractVersionId));
  }

  @ResolveField('outputPorts')
  outputPorts(@Parent() { product }: DataProductModel) {
    return toOutputPorts(product);
  }

  @ResolveField('pipeline')
  async pipeline(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    const [pipeline] = await loaders.pipelinesOfProduct(product.id);
    return pipeline && toStagingPipeline(pipeline);
  }

  @ResolveField('retention')
  retention(@Parent() { product }: DataProductModel) {
    return toRetentionPolicy(product);
  }

  @ResolveField('connection')
  async connection(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    if (product.status !== 'active') return null;
    const contract = await loaders.contract(product.contractVersionId);
    return toConnectionGuide(product, contract?.compiled, this.#settings.kafkaBootstrapServers);
  }

  @ResolveField('openIncidents')
  async openIncidents(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    const [pipeline] = await loaders.pipelinesOfProduct(product.id);
    return pipeline === undefined
      ? []
      : (await loaders.openIncidents(pipeline.spec.pipelineId)).map(toIncident);
  }

  @ResolveField('readers')
  async readers(@Parent() { product }: DataProductModel, @Context() { loaders }: RequestContext) {
    return (await loaders.readsOfProduct(product.id)).map(toApplicationRead);
  }

  @Mutation('onboardDataProduct')
  async onboardDataProduct(
    @Args('input') input: OnboardDataProductInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    return toChangePayload(
      await this.#commands.onboard({ principal, mutation: 'onboardDataProduct', input }),
      loaders,
    );
  }

  @Mutation('retireDataProduct')
  async retireDataProduct(
    @Args('input') input: RetireDataProductInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    return toChangePayload(
      await this.#commands.retire({ principal, mutation: 'retireDataProduct', input }),
      loaders,
    );
  }
}

const idOrName = userError({
  code: 'HW_ARGUMENTS_INVALID',
  message: 'dataProduct needs exactly one of `id` and `name`.',
});
