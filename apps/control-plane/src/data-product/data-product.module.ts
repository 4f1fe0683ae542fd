import { Module } from '@nestjs/common';
import { ContractAdviser } from '../contract-change/contract-adviser.ts';
import { ChangeRequests } from './change-requests.ts';
import { DataProductCommands } from './data-product.commands.ts';
import { DataProductQueries } from './data-product.queries.ts';
import { DataProductResolver } from './data-product.resolver.ts';
import { OutputPortResolver } from './output-port.resolver.ts';
import { ProductChanges } from './product-changes.ts';

@Module({
  providers: [
    DataProductResolver,
    OutputPortResolver,
    DataProductQueries,
    DataProductCommands,
    ChangeRequests,
    ProductChanges,
    ContractAdviser,
  ],
  exports: [DataProductQueries, ChangeRequests, ProductChanges, ContractAdviser],
})
export class DataProductModule {}
