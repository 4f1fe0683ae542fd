import { Module } from '@nestjs/common';
import { PipelineStatusResolver } from './pipeline-status.resolver.ts';
import { StagingCommands } from './staging.commands.ts';
import { StagingQueries } from './staging.queries.ts';
import { StagingResolver } from './staging.resolver.ts';

@Module({ providers: [StagingResolver, PipelineStatusResolver, StagingQueries, StagingCommands] })
export class StagingModule {}
