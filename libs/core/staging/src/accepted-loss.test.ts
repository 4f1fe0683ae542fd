import { describe, expect, test } from 'vitest';
import {
  answersIncident,
  applicableLosses,
  lossesAhead,
  lossesInside,
  lossRanges,
  settledLosses,
  supersedeIntent,
} from './accepted-loss.ts';
import { parseIntent, encodeIntent, type Intent } from './intent.ts';
import type { AcceptedLoss } from './ports.ts';

const loss = (partition: number, from: bigint, to: bigint): AcceptedLoss => ({
  incidentId: `incident-${partition}`,
  partition,
  from,
  to,
  reason: 'retention passed us during the outage',
  acceptedBy: 'ops',
});
const open: Intent = {
  batchId: '0b5f9c1e-1111-4222-8333-944444444444',
  pipelineId: 'p1',
  lane: 0,
  batchSeq: 17,
  revision: 0,
  fence: 3n,
  topic: 'a.b',
  topicId: 't',
  ranges: [
    { partition: 0, from: 10n, to: 20n, leaderEpoch: 4, losses: [] },
    { partition: 3, from: 100n, to: 200n, leaderEpoch: 4, losses: [] },
  ],
  contractVersion: '1.0.0',
  schemaIds: [],
  transformHash: 'h',
  engine: 'duckdb',
  ingestedAtUs: 1n,
};

describe('[S8] an accepted loss', () => {
  test('applies from where the lane stands to where it ends', () => {
    const applicable = applicableLosses(
      [loss(0, 10n, 50n), loss(1, 5n, 9n)],
      new Map([
        [0, 10n],
        [1, 7n],
      ]),
    );
    expect(lossRanges(applicable)).toEqual([
      {
        partition: 0,
        from: 10n,
        to: 50n,
        leaderEpoch: -1,
        losses: [{ incidentId: 'incident-0', from: 10n, to: 50n }],
      },
      {
        partition: 1,
        from: 7n,
        to: 9n,
        leaderEpoch: -1,
        losses: [{ incidentId: 'incident-1', from: 7n, to: 9n }],
      },
    ]);
  });

  test('never skips records that come before it, and never gives up what is staged', () => {
    expect(applicableLosses([loss(0, 11n, 50n)], new Map([[0, 10n]])).size).toBe(0);
    expect(applicableLosses([loss(0, 5n, 10n)], new Map([[0, 10n]])).size).toBe(0);
    expect(applicableLosses([loss(9, 5n, 10n)], new Map([[0, 10n]])).size).toBe(0);
  });

  test('is settled once the lane stands past it', () => {
    const losses = [loss(0, 5n, 10n), loss(0, 10n, 20n)];
    expect(settledLosses(losses, new Map([[0, 10n]]))).toEqual([losses[0]]);
  });
});

describe('[S2] a superseding intent', () => {
  test('is the same batch with the lost part marked, under the next revision and the new fence', () => {
    const next = supersedeIntent(open, 9n, applicableLosses([loss(3, 100n, 150n)], new Map([[3, 100n]])));
    expect(next).toEqual({
      ...open,
      revision: 1,
      fence: 9n,
      ranges: [
        open.ranges[0],
        { ...open.ranges[1], losses: [{ incidentId: 'incident-3', from: 100n, to: 150n }] },
      ],
    });
    expect(parseIntent(encodeIntent(next!)).ok).toBe(true);
  });

  test('marks only what lies inside the range; the rest of the loss waits for the next batch', () => {
    const applicable = applicableLosses([loss(0, 10n, 1_000n)], new Map([[0, 10n]]));
    expect(supersedeIntent(open, 9n, applicable)?.ranges[0]).toEqual({
      ...open.ranges[0],
      losses: [{ incidentId: 'incident-0', from: 10n, to: 20n }],
    });
  });

  test('is not written when the loss changes nothing', () => {
    expect(supersedeIntent(open, 9n, new Map())).toBeUndefined();
    const applicable = applicableLosses([loss(0, 10n, 15n)], new Map([[0, 10n]]));
    const once = supersedeIntent(open, 9n, applicable)!;
    expect(supersedeIntent(once, 10n, applicable)).toBeUndefined();
  });

  test('widens a loss that an operator extended', () => {
    const once = supersedeIntent(open, 9n, applicableLosses([loss(0, 10n, 15n)], new Map([[0, 10n]])))!;
    const twice = supersedeIntent(once, 10n, applicableLosses([loss(0, 10n, 18n)], new Map([[0, 10n]])));
    expect(twice?.ranges[0]?.losses).toEqual([{ incidentId: 'incident-0', from: 10n, to: 18n }]);
    expect(twice?.revision).toBe(2);
  });
});

test('[S8] a loss that lies ahead is where the next batch ends, the nearest first', () => {
  const at = new Map([[0, 5n], [1, 5n]]); // prettier-ignore
  const losses = [loss(0, 9n, 12n), loss(0, 7n, 8n), loss(0, 3n, 6n), loss(2, 6n, 7n)];
  expect(lossesAhead(losses, at)).toEqual(new Map([[0, 7n]]));
});

test('[S8] a loss answers the incident that begins inside it', () => {
  const accepted = loss(0, 7n, 9n);
  expect(answersIncident(accepted, { partition: 0, from: 7n })).toBe(true);
  expect(answersIncident(accepted, { partition: 0, from: 9n })).toBe(false);
  expect(answersIncident(accepted, { partition: 1, from: 7n })).toBe(false);
  expect(answersIncident(accepted, {})).toBe(false);
});

test('[S2][S8] losses inside an open batch are given up one after another, each cut to its range', () => {
  const losses = [loss(0, 15n, 17n), loss(0, 12n, 13n), loss(3, 150n, 900n), loss(3, 1n, 100n)];
  const first = lossesInside(losses, open);
  expect(first.get(0)).toMatchObject({ from: 12n, to: 13n });
  expect(first.get(3)).toMatchObject({ from: 150n, to: 200n });
  const once = supersedeIntent(open, 9n, first)!;
  const second = lossesInside(losses, once);
  expect([...second.keys()]).toEqual([0]);
  const twice = supersedeIntent(once, 10n, second)!;
  expect(twice.ranges[0]!.losses.map(({ from, to }) => [from, to])).toEqual([
    [12n, 13n],
    [15n, 17n],
  ]);
  expect(lossesInside(losses, twice).size).toBe(0);
});
