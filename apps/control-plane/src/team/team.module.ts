import { Module } from '@nestjs/common';
import { TeamCommands } from './team.commands.ts';
import { TeamQueries } from './team.queries.ts';
import { TeamResolver } from './team.resolver.ts';

@Module({ providers: [TeamResolver, TeamQueries, TeamCommands] })
export class TeamModule {}
