import { Module } from '@nestjs/common';
import { AuditQueries } from './audit.queries.ts';
import { AuditResolver } from './audit.resolver.ts';

@Module({ providers: [AuditResolver, AuditQueries] })
export class AuditModule {}
