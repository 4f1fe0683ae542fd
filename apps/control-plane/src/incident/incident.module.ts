import { Module } from '@nestjs/common';
import { IncidentCommands } from './incident.commands.ts';
import { IncidentQueries } from './incident.queries.ts';
import { IncidentResolver } from './incident.resolver.ts';

@Module({ providers: [IncidentResolver, IncidentQueries, IncidentCommands] })
export class IncidentModule {}
