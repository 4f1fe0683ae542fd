import { Module } from '@nestjs/common';
import { TopicModule } from '../topic/topic.module.ts';
import { NodeQueries } from './node.queries.ts';
import { NodeResolver } from './node.resolver.ts';

@Module({ imports: [TopicModule], providers: [NodeResolver, NodeQueries] })
export class NodeModule {}
