import { runSql } from '@headwater/platform-embedded';
import { setTimeout as sleep } from 'node:timers/promises';
import { judgeLedger } from './cell-oracle.ts';
import type { Deed, Scene } from './deed.ts';
import { acceptLosses, openIncidents } from './incidents.ts';
import type { Track } from './track.ts';
import { waitUntil } from './workers.ts';

const INCIDENT_WITHIN_MS = 12_000;

/** Waits for what the deed should lead to; a sentence when it did not come. */
export async function settle(
  { track, product, load }: Scene,
  deed: Deed,
  drainsWithinMs: number,
): Promise<readonly string[]> {
  const { pipelineId, topic } = product.pipeline;
  if (deed.outcome === 'incident') {
    const told = await waitUntil(
      async () => (await openIncidents(track, pipelineId)).some((kind) => kind.startsWith('topic-')),
      INCIDENT_WITHIN_MS,
      150,
    );
    return told ? [] : ['the topic is another and nobody was told'];
  }
  if (deed.outcome === 'accepted') {
    await sleep(500);
    await load.feed().catch(() => undefined);
  }
  const positions = () => judgeLedger(product.primary.commits(), pipelineId).nextOffsets;
  let ends: ReadonlyMap<number, bigint> | undefined;
  const drained = await waitUntil(
    async () => {
      if (deed.outcome === 'accepted') await acceptLosses(track, pipelineId);
      await product.refresh();
      // Asked anew each time: a transaction that was open may have ended.
      ends = await track.admin.offsetsAt(topic, { kind: 'latest' }).catch(() => undefined);
      return ends !== undefined && [...ends].every(([p, end]) => (positions().get(p) ?? 0n) >= end);
    },
    drainsWithinMs,
    60,
  );
  if (drained) return [];
  const incidents = await standing(track, pipelineId);
  return [`did not drain: at ${describe(positions())} of ${describe(ends)}; ${incidents}`];
}

/** The lane's state and its incidents, for a person. */
async function standing({ stack }: Track, pipelineId: string): Promise<string> {
  const rows = await runSql(
    stack.databaseUrl,
    `SELECT concat_ws(' ', kind, status, partition, from_offset, until_offset) FROM incident WHERE pipeline_id = '${pipelineId}'
     UNION ALL SELECT concat_ws(' ', 'lane', state, error) FROM lane_status WHERE pipeline_id = '${pipelineId}'
     UNION ALL SELECT concat_ws(' ', 'lease', owner, lease_until - now()) FROM lane_lease WHERE pipeline_id = '${pipelineId}'`,
  ).catch(() => []);
  return rows.map(([text]) => text).join('; ');
}

const describe = (offsets: ReadonlyMap<number, bigint> | undefined): string =>
  [...(offsets ?? [])].map(([partition, offset]) => `${partition}:${offset}`).join();
