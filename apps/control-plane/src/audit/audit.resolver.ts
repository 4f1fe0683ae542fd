import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import type { PageArguments } from '../schema/connection.ts';
import { AuditQueries } from './audit.queries.ts';

@Resolver('AuditEvent')
export class AuditResolver {
  readonly #queries: AuditQueries;

  constructor(@Inject(AuditQueries) queries: AuditQueries) {
    this.#queries = queries;
  }

  @Query('auditEvents')
  auditEvents(@Args() args: PageArguments & { readonly subject?: string | null }) {
    return this.#queries.list(args, args.subject ?? undefined);
  }

  @Query('verifyAudit')
  verifyAudit() {
    return this.#queries.verify();
  }
}
