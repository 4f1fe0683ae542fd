import { Inject } from '@nestjs/common';
import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { toIncident } from '../incident/incident.map.ts';
import { toQuarantineGroup } from '../quarantine/quarantine.map.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { TABLES } from '../services.ts';
import { toTableStatus, type PipelineStatusModel } from './staging.map.ts';
import type { TableReader } from './table-reader.ts';

@Resolver('PipelineStatus')
export class PipelineStatusResolver {
  readonly #tables: TableReader;

  constructor(@Inject(TABLES) tables: TableReader) {
    this.#tables = tables;
  }

  @ResolveField('table')
  async table(@Parent() { record }: PipelineStatusModel) {
    return toTableStatus(record.spec.tableUrl, await this.#tables.facts(record.spec.tableUrl));
  }

  @ResolveField('quarantineTable')
  async quarantineTable(@Parent() { record }: PipelineStatusModel) {
    return toTableStatus(record.spec.quarantineUrl, await this.#tables.facts(record.spec.quarantineUrl));
  }

  @ResolveField('quarantineGroups')
  async quarantineGroups(
    @Parent() { pipelineId }: PipelineStatusModel,
    @Context() { loaders }: RequestContext,
    @Args('first') first?: number | null,
  ) {
    return (await loaders.quarantineGroups(pipelineId)).slice(0, first ?? 20).map(toQuarantineGroup);
  }

  @ResolveField('openIncidents')
  async openIncidents(@Parent() { pipelineId }: PipelineStatusModel, @Context() { loaders }: RequestContext) {
    return (await loaders.openIncidents(pipelineId)).map(toIncident);
  }
}
