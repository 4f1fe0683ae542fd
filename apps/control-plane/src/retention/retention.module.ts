import { Module } from '@nestjs/common';
import { RetentionCommands } from './retention.commands.ts';
import { RetentionQueries } from './retention.queries.ts';
import { RetentionResolver } from './retention.resolver.ts';

@Module({
  providers: [RetentionResolver, RetentionQueries, RetentionCommands],
  exports: [RetentionQueries],
})
export class RetentionModule {}
