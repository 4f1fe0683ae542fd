import { Module } from '@nestjs/common';
import { DataProductModule } from '../data-product/data-product.module.ts';
import { ReviewTaskCommands } from './review-task.commands.ts';
import { ReviewTaskQueries } from './review-task.queries.ts';
import { ReviewTaskResolver } from './review-task.resolver.ts';

@Module({
  imports: [DataProductModule],
  providers: [ReviewTaskResolver, ReviewTaskQueries, ReviewTaskCommands],
})
export class ReviewTaskModule {}
