import type { OperatingRequest, StoredOperatingPlan } from '@headwater/core-staging';
import type { Job } from '@headwater/core-jobs';
import { randomUUID } from 'node:crypto';
import type { CellProduct } from './cell-product.ts';
import type { Track } from './track.ts';
import { waitUntil } from './workers.ts';

const SHOWN_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 45_000;

/** Asks for a verb as the control plane does: the plan is shown first, by whichever worker takes the work. */
export async function planVerb(
  track: Track,
  { pipeline: { pipelineId } }: CellProduct,
  request: OperatingRequest,
): Promise<StoredOperatingPlan> {
  const planId = randomUUID();
  await track.postgres.mesh.unit(async (unit) => {
    await unit.operating.request({ id: planId, pipelineId, request, requestedBy: 'harness' });
    await unit.work.add({ name: 'plan-operating', payload: { planId } });
    await audit(unit, planId);
  });
  return awaitState(track, planId, ['planning'], SHOWN_WITHIN_MS);
}

/** Adds the work that carries the shown plan out. */
export async function beginVerb({ postgres }: Track, planId: string): Promise<void> {
  const job: Job = { name: 'apply-operating', payload: { planId } };
  await postgres.mesh.unit(async (unit) => {
    await unit.work.add(job);
    await audit(unit, planId);
  });
}

/** The plan when it has ended, or as it stands when it does not. */
export const awaitVerb = (track: Track, planId: string): Promise<StoredOperatingPlan> =>
  awaitState(track, planId, ['previewed', 'applying'], ENDS_WITHIN_MS);

/** In words, for a person. */
export const describeVerb = ({ kind, state, error }: StoredOperatingPlan): string =>
  `${kind} is ${state}${error === undefined ? '' : `: ${error.code} ${error.message}`}`;

type Unit = Parameters<Parameters<Track['postgres']['mesh']['unit']>[0]>[0];

const audit = (unit: Unit, planId: string): Promise<unknown> =>
  unit.audit.append({ actor: 'harness', event: 'test.asked', subject: planId, facts: {} });

async function awaitState(
  { postgres }: Track,
  planId: string,
  while_: readonly StoredOperatingPlan['state'][],
  withinMs: number,
): Promise<StoredOperatingPlan> {
  let stored: StoredOperatingPlan | undefined;
  await waitUntil(
    async () => {
      // Postgres may be away for a moment.
      stored = await postgres.operating.plan(planId).catch(() => stored);
      return stored !== undefined && !while_.includes(stored.state);
    },
    withinMs,
    40,
  );
  if (stored === undefined) throw new Error(`the plan ${planId} cannot be read`);
  return stored;
}
