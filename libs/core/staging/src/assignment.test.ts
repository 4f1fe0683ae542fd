import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideAssignment, planShares } from './assignment.ts';
import type { LaneCensus } from './ports.ts';

const census = fc
  .record({
    held: fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 8 }),
    unheld: fc.nat({ max: 200 }),
    room: fc.array(fc.nat({ max: 300 }), { minLength: 8, maxLength: 8 }),
    isRoomy: fc.boolean(),
  })
  .map(({ held, unheld, room, isRoomy }): LaneCensus => ({
    workers: held.map((count, index) => ({
      owner: `w${index}`,
      held: count,
      lanesMax: isRoomy ? 10_000 : count + room[index]!,
    })),
    unheld,
  }));
const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

/** What each worker would do; all of them look at the same census. */
const decide = (seen: LaneCensus) =>
  seen.workers.map(({ owner, held }) => ({ owner, held, ...decideAssignment(seen, { owner, held }) }));

test('shares differ by one at most, and cover every lane', () => {
  fc.assert(
    fc.property(census, (seen) => {
      const shares = planShares(seen);
      const lanes = sum(seen.workers.map(({ held }) => held)) + seen.unheld;
      const room = sum(seen.workers.map(({ lanesMax }) => lanesMax));
      expect(sum(shares.values())).toBe(Math.min(lanes, room));
      const unbounded = seen.workers.filter(({ owner, lanesMax }) => shares.get(owner)! < lanesMax);
      const open = unbounded.map(({ owner }) => shares.get(owner)!);
      if (open.length > 1) expect(Math.max(...open) - Math.min(...open)).toBeLessThanOrEqual(1);
      for (const { owner, lanesMax } of seen.workers) {
        const share = shares.get(owner)!;
        expect(share).toBeLessThanOrEqual(lanesMax);
        // A worker that is full has no more room than the others have lanes, but for an odd one.
        if (open.length > 0) expect(share).toBeLessThanOrEqual(Math.max(...open) + 1);
      }
    }),
  );
});

test('the lanes that move are the fewest that make the shares even', () => {
  fc.assert(
    fc.property(census, (seen) => {
      const released = sum(decide(seen).map(({ release }) => release));
      // Any even spread has the same sizes; matching the largest sizes to the largest holders moves the fewest.
      const sizes = [...planShares(seen).values()].sort((a, b) => b - a);
      const held = seen.workers.map((worker) => worker.held).sort((a, b) => b - a);
      const fewest = sum(held.map((count, index) => Math.max(0, count - sizes[index]!)));
      if (seen.workers.every(({ lanesMax }) => lanesMax === 10_000)) expect(released).toBe(fewest);
      else expect(released).toBeGreaterThanOrEqual(fewest);
    }),
  );
});

test('acting on the census ends the moving: no worker takes and gives back, and none moves twice', () => {
  fc.assert(
    fc.property(census, (seen) => {
      const decisions = decide(seen);
      for (const { take, release } of decisions) expect(Math.min(take, release)).toBe(0);
      const given: LaneCensus = {
        workers: seen.workers.map((worker, index) => ({
          ...worker,
          held: worker.held - decisions[index]!.release,
        })),
        unheld: seen.unheld + sum(decisions.map(({ release }) => release)),
      };
      for (const { release } of decide(given)) expect(release).toBe(0);
      // Workers take one after another; each sees what is left.
      let now = given;
      for (let round = 0; round < 3; round++) {
        for (let index = 0; index < now.workers.length; index++) {
          const { take, release } = decideAssignment(now, now.workers[index]!);
          expect(release).toBe(0);
          now = {
            workers: now.workers.map((each, at) =>
              at === index ? { ...each, held: each.held + take } : each,
            ),
            unheld: now.unheld - take,
          };
        }
      }
      for (const { take, release } of decide(now)) expect([take, release]).toEqual([0, 0]);
    }),
  );
});

test('a new worker gets its share from those that have more, one of a dead worker goes to the living', () => {
  const worker = (owner: string, held: number) => ({ owner, held, lanesMax: 500 });
  const joined = { workers: [worker('a', 5), worker('b', 4), worker('c', 0)], unheld: 0 };
  expect(decide(joined).map(({ take, release }) => [take, release])).toEqual([
    [0, 2],
    [0, 1],
    [0, 0],
  ]);
  const died = { workers: [worker('a', 3), worker('b', 3)], unheld: 3 };
  expect(decide(died).map(({ take, release }) => [take, release])).toEqual([
    [2, 0],
    [1, 0],
  ]);
});
