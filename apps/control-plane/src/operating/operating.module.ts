import { Module } from '@nestjs/common';
import { OperatingCommands } from './operating.commands.ts';
import { OperatingResolver } from './operating.resolver.ts';

@Module({ providers: [OperatingResolver, OperatingCommands] })
export class OperatingModule {}
