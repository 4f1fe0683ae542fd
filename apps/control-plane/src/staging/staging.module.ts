import { Module } from '@nestjs/common';
import { PipelineStatusResolver } from './pipeline-status.resolver.ts';
import { DrainCommands } from './drain.commands.ts';
import { StagingCommands } from './staging.commands.ts';
import { StagingQueries } from './staging.queries.ts';
import { StagingResolver } from './staging.resolver.ts';

@Module({
  providers: [StagingResolver, PipelineStatusResolver, StagingQueries, StagingCommands, DrainCommands],
})
export class StagingModule {}
