import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '@headwater/core-delta';
import { closedAppId, fenceAppId } from './app-ids.ts';
import {
  decideEpochStep,
  firstEpoch,
  isOwned,
  laneOf,
  planEpoch,
  readClosed,
  readEpoch,
  type LaneEpoch,
} from './epoch.ts';
import { planCloseCommit, planLaneEpochCommit } from './epoch-commit.ts';

const pipelineId = '3f2c9a4e-0000-4000-8000-000000000001';
const laneId = (lane: number) => ({ pipelineId, lane });

test('[S13] without an epoch in the log one lane owns every partition', () => {
  expect(readEpoch(new Map(), pipelineId)).toEqual(firstEpoch);
  expect([0, 7, 1_000].map((partition) => laneOf(firstEpoch, partition))).toEqual([0, 0, 0]);
  expect(planEpoch(firstEpoch, { lanes: 1, partitions: 64 })).toBeUndefined();
});

test('[S13] a topic that grows moves no partition, so no lane closes', () => {
  const current: LaneEpoch = { epoch: 4n, lanes: 3, partitions: 6 };
  expect(planEpoch(current, { lanes: 3, partitions: 8 })).toEqual({
    next: { epoch: 5n, lanes: 3, partitions: 8 },
    closing: [],
  });
  expect(laneOf(current, 6)).toBeUndefined();
});

test('[S13] a topic that shows fewer partitions for a moment changes nothing', () => {
  expect(planEpoch({ epoch: 4n, lanes: 3, partitions: 6 }, { lanes: 3, partitions: 2 })).toBeUndefined();
});

test('[S13] exactly the lanes that lose a partition close', () => {
  const counts = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(counts, counts, fc.nat(24), fc.nat(24), (lanes, nextLanes, partitions, more) => {
      const current: LaneEpoch = { epoch: 1n, lanes, partitions };
      const plan = planEpoch(current, { lanes: nextLanes, partitions: partitions + more });
      if (plan === undefined) return;
      const losing = new Set<number>();
      for (let partition = 0; partition < partitions; partition++) {
        if (laneOf(plan.next, partition) !== laneOf(current, partition))
          losing.add(laneOf(current, partition)!);
      }
      expect(plan.closing).toEqual([...losing].sort((a, b) => a - b));
    }),
  );
});

/** A table that refuses a commit when an appId it relies on moved after the version the writer knew, as Delta does. */
function createLog() {
  const versions: ReadonlyMap<string, bigint>[] = [new Map()];
  return {
    at: (version: number) => versions[version]!,
    newest: () => versions.length - 1,
    commit(base: number, txns: ReadonlyMap<string, bigint>, reads: Iterable<string>): boolean {
      const touched = [...txns.keys(), ...reads];
      const [before, last] = [versions[base]!, versions.at(-1)!];
      // A txn never goes back to an earlier version here, so equal values mean that nobody wrote it.
      if (touched.some((appId) => before.get(appId) !== last.get(appId))) return false;
      versions.push(new Map([...last, ...txns]));
      return true;
    },
  };
}

const txnsIn = (actions: readonly Action[]) =>
  new Map(
    actions.flatMap((action) => ('txn' in action ? [[action.txn.appId, action.txn.version] as const] : [])),
  );

/** An owner of a lane: what it knew when it looked last. A successor does not end it; only the log does. */
interface Owner {
  readonly lane: number;
  readonly fence: bigint;
  base: number;
  isOver: boolean;
}

const events = fc.array(
  fc.record({
    kind: fc.constantFrom('claim', 'claim', 'look', 'look', 'look', 'land', 'land', 'want', 'grow'),
    pick: fc.nat(1_000),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 20, maxLength: 200 },
);

test('[S13] whatever dies, sleeps and is asked for, no partition has two owners and its ranges follow each other', () => {
  let [landedInAll, epochsInAll] = [0, 0];
  fc.assert(
    fc.property(events, (script) => {
      const log = createLog();
      const owners: Owner[] = [];
      const ends = new Map<number, number>();
      const wanted = { lanes: 1, partitions: 6 };
      const position = (partition: number) => `position:${partition}`;
      for (const { kind, pick, count } of script) {
        const owner = owners[pick % Math.max(1, owners.length)];
        if (kind === 'want') wanted.lanes = count;
        else if (kind === 'grow') wanted.partitions += count > 4 ? 1 : 0;
        else if (kind === 'claim') {
          const lane = pick % 5;
          const fence = (log.at(log.newest()).get(fenceAppId(laneId(lane))) ?? 0n) + 1n;
          log.commit(log.newest(), new Map([[fenceAppId(laneId(lane)), fence]]), []);
          owners.push({ lane, fence, base: log.newest(), isOver: false });
        } else if (owner === undefined || owner.isOver) continue;
        else if (kind === 'look') {
          owner.base = log.newest();
          const txns = log.at(owner.base);
          if ((txns.get(fenceAppId(laneId(owner.lane))) ?? 0n) > owner.fence) {
            owner.isOver = true;
            continue;
          }
          const step = decideEpochStep({
            lane: owner.lane,
            current: readEpoch(txns, pipelineId),
            wanted,
            closed: (each) => readClosed(txns, laneId(each)),
          });
          if (step.kind !== 'close' && step.kind !== 'commit') continue;
          const plan =
            step.kind === 'close'
              ? planCloseCommit(laneId(owner.lane), owner.fence, step.epoch, 0)
              : planLaneEpochCommit(laneId(owner.lane), step.plan, 0);
          // Others may commit between the look and the commit.
          if (log.commit(owner.base, txnsIn(plan.actions), plan.readAppIds)) {
            owner.base = log.newest();
            epochsInAll += step.kind === 'commit' ? 1 : 0;
          }
        } else {
          const txns = log.at(owner.base);
          const epoch = readEpoch(txns, pipelineId);
          const closed = readClosed(txns, laneId(owner.lane));
          for (let partition = 0; partition < wanted.partitions; partition++) {
            if (!isOwned(epoch, closed, owner.lane, partition)) continue;
            const from = Number(txns.get(position(partition)) ?? 0n);
            // The guards of a batch: its own positions and its fence, and not the epoch.
            const landing = new Map([[position(partition), BigInt(from + count)]]);
            const before = owner.base;
            if (!log.commit(before, landing, [fenceAppId(laneId(owner.lane))])) continue;
            owner.base = log.newest();
            expect(from).toBe(ends.get(partition) ?? 0);
            ends.set(partition, from + count);
            landedInAll++;
            const now = log.at(log.newest());
            const newest = readEpoch(now, pipelineId);
            // Nobody else owns it by the log as it is, now that this owner has landed some of it.
            const owned = [0, 1, 2, 3, 4].filter((each) =>
              isOwned(newest, readClosed(now, laneId(each)), each, partition),
            );
            expect(owned).toEqual([owner.lane]);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(landedInAll).toBeGreaterThan(100);
  expect(epochsInAll).toBeGreaterThan(50);
});

test('[S13] a wish that is taken back opens the lanes that have closed', () => {
  const current: LaneEpoch = { epoch: 2n, lanes: 2, partitions: 6 };
  const wanted = { lanes: 2, partitions: 6 };
  const closed = (lane: number) => (lane === 0 ? 3n : 0n);
  expect(decideEpochStep({ lane: 0, current, wanted, closed })).toEqual({
    kind: 'commit',
    plan: { next: { epoch: 3n, lanes: 2, partitions: 6 }, closing: [] },
  });
  expect(decideEpochStep({ lane: 1, current, wanted, closed })).toEqual({ kind: 'run' });
});

test('[S13] a lane beyond the number of lanes waits for its epoch, and leaves when there is none to come', () => {
  const current: LaneEpoch = { epoch: 2n, lanes: 2, partitions: 6 };
  const closed = () => 0n;
  const at = (lanes: number) =>
    decideEpochStep({ lane: 2, current, wanted: { lanes, partitions: 6 }, closed });
  expect(at(3)).toEqual({ kind: 'wait' });
  expect(at(2)).toEqual({ kind: 'leave' });
});

test('[S13] the commits of a close and of an epoch', async () => {
  const lane = laneId(1);
  const close = planCloseCommit(lane, 3n, 5n, 1_790_000_001_000);
  expect(txnsIn(close.actions)).toEqual(new Map([[closedAppId(lane), 5n]]));
  expect([...close.readAppIds]).toContain(fenceAppId(lane));
  const next = { epoch: 5n, lanes: 3, partitions: 8 };
  const epoch = planLaneEpochCommit(lane, { next, closing: [0, 2] }, 1_790_000_001_000);
  expect(readEpoch(txnsIn(epoch.actions), pipelineId)).toEqual(next);
  expect([...epoch.readAppIds]).toEqual(
    expect.arrayContaining([closedAppId(laneId(0)), closedAppId(laneId(2))]),
  );
  expect(epoch.commitInfo).toMatchObject({
    operationParameters: { step: 'lane-epoch' },
    extra: { headwater: { epoch: '5', lanes: 3, partitions: 8, closed: [0, 2] } },
  });
});
