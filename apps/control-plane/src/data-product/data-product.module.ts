import { Module } from '@nestjs/common';
import { ChangeRequests } from './change-requests.ts';
import { DataProductCommands } from './data-product.commands.ts';
import { DataProductQueries } from './data-product.queries.ts';
import { DataProductResolver } from './data-product.resolver.ts';
import { OutputPortResolver } from './output-port.resolver.ts';

@Module({
  providers: [
    DataProductResolver,
    OutputPortResolver,
    DataProductQueries,
    DataProductCommands,
    ChangeRequests,
  ],
  exports: [DataProductQueries, ChangeRequests],
})
export class DataProductModule {}
