import { Module } from '@nestjs/common';
import { QuarantineCommands } from './quarantine.commands.ts';
import { QuarantineQueries } from './quarantine.queries.ts';
import { QuarantineResolver } from './quarantine.resolver.ts';

@Module({ providers: [QuarantineResolver, QuarantineQueries, QuarantineCommands] })
export class QuarantineModule {}
