import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeBindingSet, judgeHeld, splitHeld } from './binding-set.ts';

const ranges = [
  { partition: 0, from: 10n, to: 20n, leaderEpoch: 0, losses: [] },
  { partition: 1, from: 0n, to: 5n, leaderEpoch: 0, losses: [] },
];

describe('[S4] whether quarantine already holds a batch', () => {
  test('is read from its positions: none past the start, or all at the end', () => {
    expect(judgeHeld('quarantine', ranges, new Map())).toEqual({ kind: 'not-held' });
    expect(
      judgeHeld(
        'quarantine',
        ranges,
        new Map([
          [0, 10n],
          [1, 0n],
        ]),
      ),
    ).toEqual({ kind: 'not-held' });
    expect(judgeHeld('quarantine', ranges, new Map([[0, 3n]]))).toEqual({ kind: 'not-held' });
    expect(
      judgeHeld(
        'quarantine',
        ranges,
        new Map([
          [0, 20n],
          [1, 5n],
        ]),
      ),
    ).toEqual({ kind: 'held' });
  });

  test('anything else is a disagreement that stops the lane', () => {
    expect(judgeHeld('quarantine', ranges, new Map([[0, 15n]])).kind).toBe('disagrees');
    expect(
      judgeHeld(
        'quarantine',
        ranges,
        new Map([
          [0, 21n],
          [1, 5n],
        ]),
      ).kind,
    ).toBe('disagrees');
    expect(judgeHeld('quarantine', ranges, new Map([[0, 20n]]))).toMatchObject({
      kind: 'disagrees',
      partition: 1,
    });
  });
});

describe('[S4] the binding set', () => {
  const at = (partition: number, offset: bigint) => ({ partition, offset });

  test('agrees in any order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.bigInt(0n, 1n << 62n)), (offsets) => {
        const held = offsets.map((offset) => at(0, offset));
        expect(judgeBindingSet('quarantine', held, held.toReversed())).toEqual({ kind: 'agrees' });
      }),
    );
  });

  test('names the offset that one side holds alone', () => {
    expect(judgeBindingSet('quarantine', [at(0, 5n)], [at(0, 5n), at(1, 5n)])).toMatchObject({
      kind: 'disagrees',
      partition: 1,
      from: 5n,
      to: 6n,
      cause: 'the quarantine table does not hold offset 5, this attempt sends it to quarantine',
    });
    expect(judgeBindingSet('quarantine', [at(0, 5n)], [])).toMatchObject({
      kind: 'disagrees',
      cause: 'the quarantine table holds offset 5, this attempt lands it',
    });
  });

  test('a record held twice is a disagreement', () => {
    expect(judgeBindingSet('quarantine', [at(0, 5n), at(0, 5n)], [at(0, 5n)]).kind).toBe('disagrees');
  });
});

test('[S4][S8] records refused before they were lost count as refused, per partition', () => {
  const lossy = [{ ...ranges[0]!, losses: [{ incidentId: 'i', from: 10n, to: 15n }] }, ranges[1]!];
  const held = [10n, 14n, 15n]
    .map((offset) => ({ partition: 0, offset }))
    .concat({ partition: 1, offset: 10n });
  expect(splitHeld(held, lossy)).toEqual({
    inLosses: new Map([[0, 2n]]),
    rest: [
      { partition: 0, offset: 15n },
      { partition: 1, offset: 10n },
    ],
  });
});
