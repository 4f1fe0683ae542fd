import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeBalance } from './ledger-balance.ts';
import { addLoss, addReport, openAccount, toLedgerEntry } from './partition-account.ts';
import type { RecordSetReport } from './record-set-engine.ts';

const count = fc.bigInt(0n, 1_000n);
const anyStep = fc.record({
  records: count,
  tombstones: count,
  control: count,
  aborted: count,
  absent: count,
  loss: fc.bigInt(0n, 50n),
  quarantined: fc.nat(100),
});

describe('[S10] the account of a partition', () => {
  test('balances after any sequence of scans and accepted losses', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1 }), fc.bigInt(0n, 1n << 62n), (steps, from) => {
        let account = openAccount(2, from, 7);
        let quarantined = 0n;
        for (const step of steps) {
          const present = step.records + step.tombstones + step.control + step.aborted;
          const report: RecordSetReport = {
            nextOffset: account.nextOffset + present + step.absent,
            records: step.records,
            tombstones: step.tombstones,
            control: step.control,
            aborted: step.aborted,
            absent: step.absent,
          };
          account = addLoss(addReport(account, report), report.nextOffset + step.loss);
          quarantined += (step.records * BigInt(step.quarantined)) / 100n;
        }
        fc.pre(account.nextOffset > from);
        const outcome = { landed: account.records - quarantined, quarantined };
        const entry = toLedgerEntry('t', account, outcome);
        expect(entry.from).toBe(from);
        expect(entry.to).toBe(account.nextOffset);
        expect(judgeBalance([entry])).toEqual({ kind: 'balanced' });
        expect(
          judgeBalance([toLedgerEntry('t', account, { ...outcome, landed: outcome.landed + 1n })]).kind,
        ).toBe('imbalance');
      }),
    );
  });

  test('keeps when the first and the last record of the range were written', () => {
    const report = (first: bigint, last: bigint): RecordSetReport => ({
      nextOffset: last + 1n,
      records: last - first + 1n,
      tombstones: 0n,
      control: 0n,
      aborted: 0n,
      absent: 0n,
      firstOffset: first,
      firstTimestampMs: Number(first) * 10,
      lastOffset: last,
      lastTimestampMs: Number(last) * 10,
    });
    const account = addReport(addReport(openAccount(0, 5n, -1), report(5n, 9n)), report(10n, 10n));
    expect(toLedgerEntry('t', account, { landed: 6n, quarantined: 0n }).samples).toEqual([
      { offset: 5n, timestampMs: 50 },
      { offset: 9n, timestampMs: 90 },
      { offset: 10n, timestampMs: 100 },
    ]);
  });

  test('carries the leader epoch of the last batch it saw', () => {
    const empty = { records: 0n, tombstones: 0n, control: 0n, aborted: 0n, absent: 0n };
    const account = addReport(openAccount(0, 0n, 3), { ...empty, nextOffset: 0n });
    expect(account.leaderEpoch).toBe(3);
    expect(addReport(account, { ...empty, nextOffset: 1n, control: 1n, leaderEpoch: 5 }).leaderEpoch).toBe(5);
  });

  test('never moves backwards', () => {
    const account = openAccount(0, 10n, -1);
    expect(() => addLoss(account, 9n)).toThrow(/backwards/);
  });
});
