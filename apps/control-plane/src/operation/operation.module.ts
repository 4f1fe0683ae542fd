import { Module } from '@nestjs/common';
import { OperationCommands } from './operation.commands.ts';
import { OperationQueries } from './operation.queries.ts';
import { OperationResolver } from './operation.resolver.ts';

@Module({ providers: [OperationResolver, OperationQueries, OperationCommands] })
export class OperationModule {}
