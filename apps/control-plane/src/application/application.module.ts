import { Module } from '@nestjs/common';
import { ApplicationCommands } from './application.commands.ts';
import { ApplicationQueries } from './application.queries.ts';
import { ApplicationResolver } from './application.resolver.ts';
import { ReadCommands } from './read.commands.ts';
import { ReadResolver } from './read.resolver.ts';

@Module({
  providers: [ApplicationResolver, ApplicationQueries, ApplicationCommands, ReadResolver, ReadCommands],
})
export class ApplicationModule {}
