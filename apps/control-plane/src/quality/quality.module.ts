import { Module } from '@nestjs/common';
import { QualityCommands } from './quality.commands.ts';
import { ProductQualityResolver, QualityResolver } from './quality.resolver.ts';

@Module({ providers: [ProductQualityResolver, QualityResolver, QualityCommands] })
export class QualityModule {}
