import { Module } from '@nestjs/common';
import { TokenCommands } from './viewer.commands.ts';
import { TokenQueries } from './viewer.queries.ts';
import { ApiTokenResolver, ViewerResolver } from './viewer.resolver.ts';

@Module({ providers: [ViewerResolver, ApiTokenResolver, TokenQueries, TokenCommands] })
export class ViewerModule {}
