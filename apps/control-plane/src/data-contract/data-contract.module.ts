import { Module } from '@nestjs/common';
import { DataContractQueries } from './data-contract.queries.ts';
import { DataContractResolver } from './data-contract.resolver.ts';

@Module({ providers: [DataContractResolver, DataContractQueries] })
export class DataContractModule {}
