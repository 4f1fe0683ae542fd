import { describeError } from '@headwater/kernel';
import { judgeLease, leaseGranted, leaseRenewed, type LaneId } from '@headwater/core-staging';
import { sleep, type LaneWorld } from './lane-world.ts';

/** A lane's lease while it is ours [S1]. */
export interface HeldLease {
  readonly fence: bigint;
  /** Asked right before every effect: false from a margin before the lease's end on, without asking anybody. */
  isHeld(): boolean;
  /** Aborted when the lease has ended. */
  readonly ended: AbortSignal;
  /** Takes the higher fence that the log asked for. */
  raise(fence: bigint): Promise<void>;
  /** Gives the lane back at once. */
  release(): Promise<void>;
}

/** Claims the lane and keeps renewing until it is released or lost. Undefined when another owner holds it. */
export async function claimLease(world: LaneWorld, lane: LaneId): Promise<HeldLease | undefined> {
  const { clock, leases, settings } = world;
  const { owner, lease: timing } = settings;
  let leaseClock = leaseGranted(clock.monotonicMs(), timing);
  const claim = await leases.claim(lane, owner, timing.ttlMs);
  if (claim === undefined) return undefined;
  let { fence } = claim;
  const ended = new AbortController();
  const isHeld = () => !ended.signal.aborted && judgeLease(leaseClock, clock.monotonicMs()) !== 'ended';

  const keep = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await sleep(leaseClock.renewAtMs - clock.monotonicMs(), ended.signal);
      if (!isHeld()) break;
      const sentAtMs = clock.monotonicMs();
      const answer = await Promise.race([
        leases.renew(lane, owner, fence, timing.ttlMs).catch((error: unknown) => {
          world.logger.warn({ lane, problem: describeError(error) }, 'the lease was not renewed');
          return undefined;
        }),
        sleep(leaseClock.endsAtMs - sentAtMs, ended.signal).then(() => undefined),
      ]);
      if (answer === true) leaseClock = leaseRenewed(leaseClock, sentAtMs, timing);
      else if (answer === false) break;
      else await sleep(RETRY_MS, ended.signal);
    }
    ended.abort();
  };
  void keep();

  return {
    get fence() {
      return fence;
    },
    isHeld,
    ended: ended.signal,
    async raise(higher) {
      await leases.raiseFence(lane, owner, higher);
      fence = higher;
    },
    async release() {
      if (ended.signal.aborted) return;
      ended.abort();
      await leases.release(lane, owner, fence);
    },
  };
}

const RETRY_MS = 200;
