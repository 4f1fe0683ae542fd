import { Module } from '@nestjs/common';
import { TopicQueries } from './topic.queries.ts';
import { TopicResolver } from './topic.resolver.ts';

@Module({ providers: [TopicResolver, TopicQueries], exports: [TopicQueries] })
export class TopicModule {}
