import { Module } from '@nestjs/common';
import { ApplicationCommands } from './application.commands.ts';
import { ApplicationQueries } from './application.queries.ts';
import { ApplicationResolver } from './application.resolver.ts';

@Module({ providers: [ApplicationResolver, ApplicationQueries, ApplicationCommands] })
export class ApplicationModule {}
