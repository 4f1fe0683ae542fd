import type { AuditEvent as CoreEvent, AuditVerdict } from '@headwater/core-mesh';
import type { AuditEvent, AuditVerification } from '../generated/schema-types.ts';
import { toGlobalId } from '../schema/global-id.ts';

export const toAuditEvent = (event: CoreEvent): AuditEvent => ({
  __typename: 'AuditEvent',
  id: toGlobalId('AuditEvent', event.id),
  sequence: event.sequence,
  at: event.atMs,
  actor: event.actor,
  event: event.event,
  subject: event.subject,
  facts: event.facts,
  hash: event.hash,
  previousHash: event.previousHash,
});

export const toVerification = (verdict: AuditVerdict): AuditVerification =>
  verdict.intact
    ? { isIntact: true, events: verdict.events, message: 'Every event fits the one before it.' }
    : { isIntact: false, events: verdict.events, brokenAt: verdict.brokenAt, message: verdict.problem };
