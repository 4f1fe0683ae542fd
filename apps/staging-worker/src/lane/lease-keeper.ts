import { describeError } from '@headwater/kernel';
import {
  judgeLease,
  leaseGranted,
  leaseRenewed,
  type FencedLane,
  type LaneId,
  type LeaseClock,
} from '@headwater/core-staging';
import { sleep, type LaneWorld } from './lane-world.ts';
import type { HeldLease } from './lease.ts';

/** Claims lanes and renews every lease of this process with one statement [S1]. */
export interface LeaseKeeper {
  /** Undefined when another owner holds the lane. */
  claim(lane: LaneId): Promise<HeldLease | undefined>;
}

interface Kept {
  readonly lane: LaneId;
  fence: bigint;
  clock: LeaseClock;
  readonly ended: AbortController;
}

type Tools = Pick<LaneWorld, 'clock' | 'leases' | 'settings' | 'logger'>;

const RETRY_MS = 200;

export function createLeaseKeeper(world: Tools): LeaseKeeper {
  const { clock, leases } = world;
  const { owner, lease: timing } = world.settings;
  const held = new Map<string, Kept>();
  let isKeeping = false;

  const drop = (kept: Kept): void => {
    if (held.get(keyOf(kept.lane)) === kept) held.delete(keyOf(kept.lane));
    kept.ended.abort();
  };
  const dropEnded = (): void => {
    for (const kept of [...held.values()]) {
      if (judgeLease(kept.clock, clock.monotonicMs()) === 'ended') drop(kept);
    }
  };
  /** Renews while there is anything to renew. The lease taken last is never due before those taken earlier. */
  const keep = async (): Promise<void> => {
    if (isKeeping) return;
    isKeeping = true;
    for (;;) {
      dropEnded();
      if (held.size === 0) break;
      const dueAtMs = Math.min(...[...held.values()].map((kept) => kept.clock.renewAtMs));
      const waitMs = dueAtMs - clock.monotonicMs();
      if (waitMs > 0) await sleep(waitMs);
      else if (!(await renewAll(world, [...held.values()], drop))) await sleep(RETRY_MS);
    }
    isKeeping = false;
  };

  return {
    async claim(lane) {
      const granted = leaseGranted(clock.monotonicMs(), timing);
      const claim = await leases.claim(lane, owner, timing.ttlMs);
      if (claim === undefined) return undefined;
      const kept: Kept = { lane, fence: claim.fence, clock: granted, ended: new AbortController() };
      held.set(keyOf(lane), kept);
      void keep();
      return toLease(world, kept, drop);
    },
  };
}

const keyOf = ({ pipelineId, lane }: LaneId): string => `${pipelineId}/${lane}`;

/** False when the answer did not come, or came too late for the first lease that ends. */
async function renewAll(
  { clock, leases, logger, settings }: Tools,
  kept: readonly Kept[],
  drop: (kept: Kept) => void,
): Promise<boolean> {
  const sentAtMs = clock.monotonicMs();
  const asked = kept.map(({ lane, fence }): FencedLane => ({ ...lane, fence }));
  const tooLate = new AbortController();
  const endsAtMs = Math.min(...kept.map((each) => each.clock.endsAtMs));
  const renewed = await Promise.race([
    leases.renew(settings.owner, asked, settings.lease.ttlMs).catch((error: unknown) => {
      logger.warn({ lanes: asked.length, problem: describeError(error) }, 'leases were not renewed');
      return undefined;
    }),
    sleep(endsAtMs - sentAtMs, tooLate.signal).then(() => undefined),
  ]);
  tooLate.abort();
  if (renewed === undefined) return false;
  const ours = new Set(renewed.map(keyOf));
  for (const [index, each] of kept.entries()) {
    if (ours.has(keyOf(each.lane))) each.clock = leaseRenewed(each.clock, sentAtMs, settings.lease);
    // Asked under a fence that was raised meanwhile, the lease is asked for again.
    else if (each.fence === asked[index]!.fence) drop(each);
  }
  return true;
}

function toLease({ clock, leases, settings }: Tools, kept: Kept, drop: (kept: Kept) => void): HeldLease {
  const { lane, ended } = kept;
  return {
    get fence() {
      return kept.fence;
    },
    isHeld: () => !ended.signal.aborted && judgeLease(kept.clock, clock.monotonicMs()) !== 'ended',
    ended: ended.signal,
    async raise(higher) {
      await leases.raiseFence(lane, settings.owner, higher);
      kept.fence = higher;
    },
    async release() {
      if (ended.signal.aborted) return;
      drop(kept);
      await leases.release(lane, settings.owner, kept.fence);
    },
  };
}
