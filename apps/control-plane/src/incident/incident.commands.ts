import { Inject, Injectable } from '@nestjs/common';
import type { Problem } from '@headwater/core-mesh';
import { err, ok } from '@headwater/kernel';
import type { AcceptLossInput, ResolveIncidentInput } from '../generated/schema-types.ts';
import { idOf } from '../schema/global-id.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { MUTATIONS } from '../services.ts';

@Injectable()
export class IncidentCommands {
  readonly #mutations: Mutations;

  constructor(@Inject(MUTATIONS) mutations: Mutations) {
    this.#mutations = mutations;
  }

  /** The lane reads the acceptance from Postgres and goes on behind the gap. */
  acceptLoss(
    call: MutationCall & { readonly input: AcceptLossInput },
  ): Promise<Outcome<{ readonly incidentId: string }>> {
    const { incident: globalId, reason, expectedVersion } = call.input;
    return this.#mutations.run(call, async (unit, actor) => {
      const [incident] = await unit.incidents.byIds([idOf('Incident', globalId) ?? '']);
      if (incident === undefined) return err([unknown]);
      if (incident.status !== 'open') return err([notOpen(incident.status)]);
      if (incident.from === undefined || incident.to === undefined)
        return err([nothingToAccept(incident.fix)]);
      if (reason.trim() === '') return err([noReason]);
      await unit.incidents.acceptLoss(incident.id, expectedVersion ?? incident.generation, {
        by: actor,
        reason,
      });
      return ok({
        refs: { incidentId: incident.id },
        audit: {
          event: 'loss.accepted',
          subject: incident.pipelineId,
          facts: {
            incidentId: incident.id,
            partition: incident.partition ?? null,
            from: incident.from.toString(),
            to: incident.to.toString(),
            reason,
          },
        },
      });
    });
  }

  /** Closes what staging does not close by itself: an operator looked at it. */
  resolve(
    call: MutationCall & { readonly input: ResolveIncidentInput },
  ): Promise<Outcome<{ readonly incidentId: string }>> {
    const { incident: globalId, reason, expectedVersion } = call.input;
    return this.#mutations.run(call, async (unit, actor) => {
      const [incident] = await unit.incidents.byIds([idOf('Incident', globalId) ?? '']);
      if (incident === undefined) return err([unknown]);
      if (incident.status !== 'open') return err([notOpen(incident.status)]);
      if (incident.from !== undefined) return err([stillNeeded(incident.kind)]);
      if (reason.trim() === '') return err([noReason]);
      await unit.incidents.resolve(incident.id, expectedVersion ?? incident.generation, {
        by: actor,
        reason,
      });
      return ok({
        refs: { incidentId: incident.id },
        audit: {
          event: 'incident.resolved',
          subject: incident.pipelineId,
          facts: { incidentId: incident.id, kind: incident.kind, reason },
        },
      });
    });
  }
}

const stillNeeded = (kind: string): Problem => ({
  code: 'HW_INCIDENT_NEEDS_LANE',
  message: `An incident of kind ${kind} is closed by the lane, once its cause is gone or its loss is accepted.`,
  fix: 'Mend the cause, or accept the loss when it has a gap.',
  path: ['incident'],
});

const unknown: Problem = {
  code: 'HW_INCIDENT_UNKNOWN',
  message: 'There is no such incident.',
  path: ['incident'],
};

const noReason: Problem = {
  code: 'HW_REASON_MISSING',
  message: 'Accepting a loss needs a reason.',
  fix: 'Say why these records may be given up.',
  path: ['reason'],
};

const notOpen = (status: string): Problem => ({
  code: 'HW_INCIDENT_NOT_OPEN',
  message: `The incident is ${status}; a loss can be accepted only while it is open.`,
  path: ['incident'],
});

const nothingToAccept = (fix: string): Problem => ({
  code: 'HW_INCIDENT_WITHOUT_GAP',
  message: 'This incident has no gap of offsets, so there is no loss to accept.',
  fix,
  path: ['incident'],
});
