import { Inject } from '@nestjs/common';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { RevealQuarantinedRecordsInput } from '../generated/schema-types.ts';
import type { PageArguments } from '../schema/connection.ts';
import { userErrorsOf } from '../schema/mutation.ts';
import type { RequestContext } from '../schema/request-context.ts';
import { QuarantineCommands } from './quarantine.commands.ts';
import { QuarantineQueries } from './quarantine.queries.ts';

interface RecordsArguments extends PageArguments {
  readonly product: string;
  readonly reason?: string | null;
  readonly path?: string | null;
}

@Resolver('QuarantinedRecord')
export class QuarantineResolver {
  readonly #queries: QuarantineQueries;
  readonly #commands: QuarantineCommands;

  constructor(
    @Inject(QuarantineQueries) queries: QuarantineQueries,
    @Inject(QuarantineCommands) commands: QuarantineCommands,
  ) {
    this.#queries = queries;
    this.#commands = commands;
  }

  @Query('quarantineGroups')
  quarantineGroups(@Args('product') product: string, @Args('first') first?: number | null) {
    return this.#queries.groups(product, first ?? undefined);
  }

  @Query('quarantinedRecords')
  quarantinedRecords(@Args() args: RecordsArguments) {
    return this.#queries.records(args.product, args, {
      ...(args.reason ? { reason: args.reason } : {}),
      ...(args.path ? { path: args.path } : {}),
    });
  }

  @Mutation('revealQuarantinedRecords')
  async revealQuarantinedRecords(
    @Args('input') input: RevealQuarantinedRecordsInput,
    @Context() { principal }: RequestContext,
  ) {
    const call = { principal, mutation: 'revealQuarantinedRecords', input };
    const { outcome, records } = await this.#commands.reveal(call);
    return { records, userErrors: userErrorsOf(outcome) };
  }
}
