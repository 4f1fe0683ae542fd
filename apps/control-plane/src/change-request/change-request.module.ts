import { Module } from '@nestjs/common';
import { DataProductModule } from '../data-product/data-product.module.ts';
import { ChangeRequestCommands } from './change-request.commands.ts';
import { ChangeRequestQueries } from './change-request.queries.ts';
import { ChangeRequestResolver } from './change-request.resolver.ts';

@Module({
  imports: [DataProductModule],
  providers: [ChangeRequestResolver, ChangeRequestQueries, ChangeRequestCommands],
})
export class ChangeRequestModule {}
