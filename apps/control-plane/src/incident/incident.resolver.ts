import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toDataProduct } from '../data-product/data-product.map.ts';
import type { AcceptLossInput, IncidentStatus, ResolveIncidentInput } from '../generated/schema-types.ts';
import type { PageArguments } from '../schema/connection.ts';
import { toCoreName } from '../schema/enum-name.ts';
import { idOf } from '../schema/global-id.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { IncidentCommands } from './incident.commands.ts';
import { toIncident, type IncidentModel } from './incident.map.ts';
import { IncidentQueries } from './incident.queries.ts';

interface IncidentsArguments extends PageArguments {
  readonly status?: IncidentStatus | null;
  readonly product?: string | null;
}

@Resolver('Incident')
export class IncidentResolver {
  readonly #queries: IncidentQueries;
  readonly #commands: IncidentCommands;

  constructor(
    @Inject(IncidentQueries) queries: IncidentQueries,
    @Inject(IncidentCommands) commands: IncidentCommands,
  ) {
    this.#queries = queries;
    this.#commands = commands;
  }

  @Query('incidents')
  incidents(@Args() args: IncidentsArguments) {
    return this.#queries.list(args, {
      ...(args.status ? { status: toCoreName(args.status) } : {}),
      ...(args.product ? { product: args.product } : {}),
    });
  }

  @ResolveField('dataProduct')
  async dataProduct(@Parent() { productId }: IncidentModel, @Context() { loaders }: RequestContext) {
    const product = await loaders.product(productId);
    return product && toDataProduct(product);
  }

  @Query('incident')
  async incident(@Args('id') id: string, @Context() { loaders }: RequestContext) {
    const incident = await loaders.incident(idOf('Incident', id) ?? '');
    return incident && toIncident(incident);
  }

  @Mutation('resolveIncident')
  async resolveIncident(
    @Args('input') input: ResolveIncidentInput,
    @Context() { principal, loaders }: RequestContext,
  ) {
    const outcome = await this.#commands.resolve({ principal, mutation: 'resolveIncident', input });
    const id = outcome.ok ? outcome.value.incidentId : undefined;
    const incident = id === undefined ? undefined : await loaders.incident(id);
    return { incident: incident && toIncident(incident), userErrors: userErrorsOf(outcome) };
  }

  @Mutation('acceptLoss')
  async acceptLoss(@Args('input') input: AcceptLossInput, @Context() { principal, loaders }: RequestContext) {
    const outcome = await this.#commands.acceptLoss({ principal, mutation: 'acceptLoss', input });
    const id = outcome.ok ? outcome.value.incidentId : undefined;
    const incident = id === undefined ? undefined : await loaders.incident(id);
    return { incident: incident && toIncident(incident), userErrors: userErrorsOf(outcome) };
  }
}
