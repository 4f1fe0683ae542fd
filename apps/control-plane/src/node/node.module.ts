import { Module } from '@nestjs/common';
import { RetentionModule } from '../retention/retention.module.ts';
import { TopicModule } from '../topic/topic.module.ts';
import { NodeQueries } from './node.queries.ts';
import { NodeResolver } from './node.resolver.ts';

@Module({ imports: [TopicModule, RetentionModule], providers: [NodeResolver, NodeQueries] })
export class NodeModule {}
