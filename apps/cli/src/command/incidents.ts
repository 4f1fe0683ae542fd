import type { CommandContext } from '../context.ts';
import { accepted, type UserError } from '../control-plane/client.ts';
import { readPages } from '../control-plane/pages.ts';
import { acceptLossMutation, incidentsQuery } from '../control-plane/pipeline-documents.ts';
import type { Incident } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printListing, printRecord } from '../output/listing.ts';

export async function listIncidents(
  context: CommandContext,
  { product, limit }: { readonly product?: string; readonly limit: number },
): Promise<ExitCode> {
  const variables = product === undefined ? {} : { product };
  const records = await readPages<Incident>(context.controlPlane(), incidentsQuery, { limit, variables });
  printListing(context.terminal, context.format(), {
    records,
    columns: [
      { title: 'incident', value: ({ id }) => id },
      { title: 'status', value: ({ status }) => status },
      { title: 'product', value: ({ dataProduct }) => dataProduct.qualifiedName },
      { title: 'kind', value: ({ kind }) => kind },
      { title: 'gap', value: describeGap },
      { title: 'cause', value: ({ cause }) => cause },
      { title: 'fix', value: ({ fix }) => fix },
    ],
    whenEmpty: context.messages.listing.noIncidents,
  });
  return exitCode.ok;
}

export async function acceptLoss(
  context: CommandContext,
  incident: string,
  { reason }: { readonly reason: string },
): Promise<ExitCode> {
  const { result } = await context
    .controlPlane()
    .ask<{ result: { incident: Incident; userErrors: readonly UserError[] } }>(acceptLossMutation, {
      input: { incident, reason },
    });
  const payload = accepted(result);
  printRecord(context.terminal, context.format(), payload.incident, () =>
    context.messages.accepted(incident),
  );
  return exitCode.ok;
}

function describeGap({ partition, from, to }: Pick<Incident, 'partition' | 'from' | 'to'>): string {
  if (partition === null) return '';
  return from === null || to === null ? `partition ${partition}` : `partition ${partition} [${from}, ${to})`;
}
