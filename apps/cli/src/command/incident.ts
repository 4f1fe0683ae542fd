import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { accepted, type UserError } from '../control-plane/client.ts';
import { incidentQuery, resolveIncidentMutation } from '../control-plane/operate-documents.ts';
import type { IncidentDetail } from '../control-plane/operate-types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { Messages } from '../message/index.ts';
import { printRecord } from '../output/listing.ts';

export async function showIncident(context: CommandContext, id: string): Promise<ExitCode> {
  const { incident } = await context
    .controlPlane()
    .ask<{ incident: IncidentDetail | null }>(incidentQuery, { id });
  if (incident === null) throw unknown(context.messages, id);
  printRecord(context.terminal, context.format(), incident, () => renderIncident(incident, context.messages));
  return exitCode.ok;
}

export async function resolveIncident(
  context: CommandContext,
  id: string,
  { reason }: { readonly reason: string },
): Promise<ExitCode> {
  const { result } = await context
    .controlPlane()
    .ask<{ result: { incident: IncidentDetail | null; userErrors: readonly UserError[] } }>(
      resolveIncidentMutation,
      { input: { incident: id, reason } },
    );
  printRecord(context.terminal, context.format(), accepted(result).incident, () =>
    context.messages.operate.resolved(id),
  );
  return exitCode.ok;
}

export function renderIncident(incident: IncidentDetail, { operate }: Messages): string {
  const { incident: words } = operate;
  const { from, to, partition } = incident;
  const gap =
    from === null || to === null
      ? undefined
      : `${partition === null ? '' : `[${partition}] `}[${from}, ${to}) = ${BigInt(to) - BigInt(from)}`;
  const accepted =
    incident.acceptedBy === null
      ? undefined
      : `${incident.acceptedBy}, ${incident.acceptedAt ?? ''}: ${incident.acceptedReason ?? ''}`;
  const resolved =
    incident.resolvedAt === null
      ? undefined
      : `${incident.resolvedBy ?? words.staging}, ${incident.resolvedAt}${incident.resolvedBy === null ? '' : `: ${incident.acceptedReason ?? ''}`}`;
  const lines: readonly (readonly [string, string | undefined])[] = [
    [words.product, incident.dataProduct.qualifiedName],
    [words.status, incident.status.toLowerCase().replaceAll('_', '-')],
    [words.gap, gap],
    [words.cause, incident.cause],
    [words.fix, incident.fix],
    [words.seen, words.times(incident.occurrences, incident.openedAt, incident.lastSeenAt)],
    [words.acceptedBy, accepted],
    [words.resolvedBy, resolved],
  ];
  const samples = incident.samples.map(
    ({ records, stage, reason, path, partition: at, offset }) =>
      `  ${records}  ${stage} ${reason}${path === '' ? '' : ` ${path}`}  ${at}@${offset}`,
  );
  return [
    `${incident.kind} ${incident.id}`,
    ...lines.flatMap(([title, text]) => (text === undefined ? [] : [`  ${title}: ${text}`])),
    ...(samples.length === 0 ? [] : [`  ${words.samples}:`, ...samples.map((line) => `  ${line}`)]),
  ].join('\n');
}

const unknown = ({ operate }: Messages, id: string) =>
  userError({
    code: 'HW_INCIDENT_UNKNOWN',
    message: operate.incident.unknown(id),
    fix: 'headwater incidents list',
  });
