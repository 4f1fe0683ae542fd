import { Module } from '@nestjs/common';
import { DataProductModule } from '../data-product/data-product.module.ts';
import { ContractChangeCommands } from './contract-change.commands.ts';
import { ContractChangeResolver, ReaderImpactResolver } from './contract-change.resolver.ts';

@Module({
  imports: [DataProductModule],
  providers: [ContractChangeResolver, ReaderImpactResolver, ContractChangeCommands],
})
export class ContractChangeModule {}
