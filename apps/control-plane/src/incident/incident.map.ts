import type { Incident as CoreIncident } from '@headwater/core-mesh';
import type { Incident } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface IncidentModel extends Incident {
  readonly productId: string;
}

export const toIncident = (incident: CoreIncident): IncidentModel => ({
  __typename: 'Incident',
  id: toGlobalId('Incident', incident.id),
  kind: incident.kind,
  status: toEnumName(incident.status),
  partition: incident.partition,
  from: incident.from,
  to: incident.to,
  cause: incident.cause,
  fix: incident.fix,
  openedAt: incident.openedAtMs,
  lastSeenAt: incident.lastSeenAtMs,
  resolvedAt: incident.resolvedAtMs,
  acceptedBy: incident.acceptedBy,
  acceptedReason: incident.acceptedReason,
  acceptedAt: incident.acceptedAtMs,
  resolvedBy: incident.resolvedBy,
  occurrences: incident.occurrences,
  samples: (incident.samples ?? []).map((sample) => ({ ...sample, records: BigInt(sample.records) })),
  version: incident.generation,
  productId: incident.productId,
});
