import { Module } from '@nestjs/common';
import { DataProductModule } from '../data-product/data-product.module.ts';
import { DomainCommands } from './domain.commands.ts';
import { DomainQueries } from './domain.queries.ts';
import { DomainResolver } from './domain.resolver.ts';

@Module({ imports: [DataProductModule], providers: [DomainResolver, DomainQueries, DomainCommands] })
export class DomainModule {}
