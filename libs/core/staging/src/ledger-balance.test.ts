import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountedOffsets, addClasses, judgeBalance, ledgerClasses, noOffsets } from './ledger-balance.ts';
import { SAMPLES_MAX, thinSamples } from './ledger-samples.ts';
import type { LedgerClasses, LedgerEntry } from './ledger.ts';

const anyClasses: fc.Arbitrary<LedgerClasses> = fc
  .array(fc.bigInt(0n, 1n << 62n), { minLength: ledgerClasses.length, maxLength: ledgerClasses.length })
  .map((counts) =>
    ledgerClasses.reduce((classes, name, index) => ({ ...classes, [name]: counts[index]! }), noOffsets),
  );
const entry = (from: bigint, to: bigint, classes: Partial<LedgerClasses>): LedgerEntry => ({
  topicId: 't',
  partition: 4,
  from,
  to,
  classes: { ...noOffsets, ...classes },
  samples: [],
});

describe('[S10] the ledger balance', () => {
  test('holds exactly when the classes add up to the range, beyond 2^53 too', () => {
    fc.assert(
      fc.property(anyClasses, fc.bigInt(0n, 1n << 62n), fc.bigInt(-2n, 2n), (classes, from, error) => {
        const total = accountedOffsets(classes);
        fc.pre(total > 0n && total + error > 0n);
        const verdict = judgeBalance([entry(from, from + total + error, classes)]);
        expect(verdict.kind).toBe(error === 0n ? 'balanced' : 'imbalance');
      }),
    );
  });

  test('every class counts', () => {
    for (const name of ledgerClasses) {
      expect(judgeBalance([entry(0n, 1n, { [name]: 1n })])).toEqual({ kind: 'balanced' });
    }
  });

  test('names the partition and the figures of the first entry that is off', () => {
    const verdict = judgeBalance([entry(0n, 2n, { landed: 2n }), entry(10n, 20n, { landed: 9n })]);
    expect(verdict).toEqual({
      kind: 'imbalance',
      partition: 4,
      from: 10n,
      to: 20n,
      expected: 10n,
      accounted: 9n,
      cause: '10 offsets, 9 accounted for',
    });
  });

  test('a negative class never makes up for another', () => {
    expect(judgeBalance([entry(0n, 1n, { landed: 2n, quarantined: -1n })])).toMatchObject({
      kind: 'imbalance',
      cause: 'the class quarantined holds -1 offsets',
    });
  });

  test('an empty or reversed range is no batch', () => {
    expect(judgeBalance([entry(5n, 5n, {})]).kind).toBe('imbalance');
    expect(judgeBalance([entry(5n, 4n, {})]).kind).toBe('imbalance');
  });

  test('adding is per class', () => {
    expect(addClasses({ ...noOffsets, landed: 1n, control: 2n }, { landed: 3n, absent: 5n })).toEqual({
      ...noOffsets,
      landed: 4n,
      control: 2n,
      absent: 5n,
    });
  });
});

describe('[S10] samples', () => {
  test('keep the first and the last of the range, ascending, and stay few', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.bigInt(0n, 1n << 40n), { minLength: 1, maxLength: 200 }), (offsets) => {
        const samples = offsets
          .sort((a, b) => (a < b ? -1 : 1))
          .map((offset) => ({ offset, timestampMs: Number(offset) }));
        const thin = thinSamples(samples);
        expect(thin.length).toBeLessThanOrEqual(SAMPLES_MAX);
        expect(thin[0]).toEqual(samples[0]);
        expect(thin.at(-1)).toEqual(samples.at(-1));
        for (let index = 1; index < thin.length; index++) {
          expect(thin[index]!.offset).toBeGreaterThan(thin[index - 1]!.offset);
        }
      }),
    );
  });
});
