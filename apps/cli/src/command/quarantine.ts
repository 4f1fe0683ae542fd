import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { accepted, type UserError } from '../control-plane/client.ts';
import { readPages } from '../control-plane/pages.ts';
import {
  quarantinedRecordsQuery,
  quarantineGroupsQuery,
  revealMutation,
} from '../control-plane/pipeline-documents.ts';
import type { QuarantinedRecord, QuarantineGroup } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printListing } from '../output/listing.ts';
import { formatCount } from '../output/format-values.ts';

export async function listQuarantine(context: CommandContext, product: string): Promise<ExitCode> {
  const { quarantineGroups: records } = await context
    .controlPlane()
    .ask<{ quarantineGroups: readonly QuarantineGroup[] }>(quarantineGroupsQuery, { product });
  printListing(context.terminal, context.format(), {
    records,
    columns: [
      { title: 'records', value: ({ records: count }) => formatCount(count) },
      { title: 'stage', value: ({ stage }) => stage },
      { title: 'reason', value: ({ reason }) => reason },
      { title: 'path', value: ({ path }) => path },
      { title: 'last seen', value: ({ lastSeenAt }) => lastSeenAt },
      { title: 'example', value: (group) => `${group.examplePartition}@${group.exampleOffset}` },
    ],
    whenEmpty: context.messages.listing.noQuarantine,
  });
  return exitCode.ok;
}

export interface ShowQuarantineOptions {
  readonly limit: number;
  readonly reasonFilter?: string;
  readonly reveal?: boolean;
  /** Why values are shown, for the audit trail. */
  readonly reason?: string;
}

export async function showQuarantine(
  context: CommandContext,
  product: string,
  options: ShowQuarantineOptions,
): Promise<ExitCode> {
  const masked = await readPages<QuarantinedRecord>(context.controlPlane(), quarantinedRecordsQuery, {
    limit: options.limit,
    variables: { product, ...(options.reasonFilter === undefined ? {} : { reason: options.reasonFilter }) },
  });
  const records = options.reveal ? await reveal(context, product, masked, options.reason) : masked;
  printListing(context.terminal, context.format(), {
    records,
    columns: [
      { title: 'where', value: ({ topic, partition, offset }) => `${topic}[${partition}]@${offset}` },
      { title: 'stage', value: ({ stage }) => stage },
      { title: 'rule', value: ({ rule }) => rule },
      { title: 'path', value: ({ path }) => path },
      { title: 'reason', value: ({ reason }) => reason },
      { title: 'value', value: ({ value }) => (value ?? '').slice(0, 80) },
    ],
    whenEmpty: context.messages.listing.noQuarantine,
  });
  return exitCode.ok;
}

const revealedMax = 100;

async function reveal(
  context: CommandContext,
  product: string,
  masked: readonly QuarantinedRecord[],
  reason: string | undefined,
): Promise<readonly QuarantinedRecord[]> {
  if (reason === undefined) {
    throw userError({
      code: 'HW_CLI_REASON_MISSING',
      message: '--reveal shows values and needs a reason for the audit trail.',
      fix: 'Add --reason "why you look".',
    });
  }
  if (masked.length === 0) return [];
  const coordinates = masked.slice(0, revealedMax).map(({ partition, offset }) => ({ partition, offset }));
  const { result } = await context
    .controlPlane()
    .ask<{ result: { records: readonly QuarantinedRecord[]; userErrors: readonly UserError[] } }>(
      revealMutation,
      {
        input: { product, reason, coordinates },
      },
    );
  return accepted(result).records;
}
