import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideBatch, decideFill, FETCH_BYTES_MAX, firstFlushMs, type FillState } from './batch-decision.ts';
import { addReport, openAccount, type PartitionAccount } from './partition-account.ts';

const limits = { flushIntervalMs: 1_000, flushBytesMax: 8 << 20, laneBytesMax: 16 << 20 };
const idle: FillState = {
  fillingBytes: 0,
  landingBytes: 0,
  firstArrivalMs: undefined,
  lastArrivalMs: undefined,
  isCaughtUp: true,
  isLanding: false,
  isSettling: false,
  nowMs: 50_000,
};
const filled = (partition: number, from: bigint, to: bigint): PartitionAccount =>
  addReport(openAccount(partition, from, 3), {
    nextOffset: to,
    records: to - from,
    tombstones: 0n,
    control: 0n,
    aborted: 0n,
    absent: 0n,
  });

describe('what a lane does next', () => {
  test('an empty batch waits for records for a bounded time', () => {
    expect(decideFill(idle, limits)).toEqual({ kind: 'fetch', bytesMax: FETCH_BYTES_MAX, waitMsMax: 5_000 });
  });

  test('a batch is cut when its oldest record has waited for the flush interval', () => {
    const waiting = { ...idle, fillingBytes: 10, firstArrivalMs: 49_300 };
    expect(decideFill(waiting, limits)).toMatchObject({ kind: 'fetch', waitMsMax: 300 });
    expect(decideFill({ ...waiting, nowMs: 50_300 }, limits)).toEqual({ kind: 'cut' });
  });

  test('a slow topic is looked at ten times in a flush interval, and again just before the batch is due', () => {
    const slow = { ...idle, fillingBytes: 10, firstArrivalMs: 49_500, lastArrivalMs: 49_980 };
    expect(decideFill(slow, limits)).toEqual({ kind: 'gather', waitMs: 80 });
    expect(decideFill({ ...slow, nowMs: 50_080 }, limits).kind).toBe('fetch');
    const later = { ...slow, lastArrivalMs: 50_440 };
    expect(decideFill({ ...later, nowMs: 50_450 }, limits)).toEqual({ kind: 'gather', waitMs: 40 });
    expect(decideFill({ ...later, nowMs: 50_490 }, limits)).toMatchObject({ kind: 'fetch', waitMsMax: 10 });
    const hourly = { ...limits, flushIntervalMs: 3_600_000 };
    expect(decideFill({ ...slow, lastArrivalMs: 50_000 }, hourly)).toEqual({ kind: 'gather', waitMs: 100 });
  });

  test('what the broker is known to have is fetched at once', () => {
    const behind = {
      ...idle,
      fillingBytes: 10,
      firstArrivalMs: 49_500,
      lastArrivalMs: 50_000,
      isCaughtUp: false,
    };
    expect(decideFill(behind, limits).kind).toBe('fetch');
  });

  test('the first batch of an owner does not wait again for an interval that has passed', () => {
    expect(firstFlushMs(1_000, undefined, 50_000)).toBe(1_000);
    expect(firstFlushMs(1_000, 42_000, 50_000)).toBe(100);
    expect(firstFlushMs(1_000, 48_500, 50_000)).toBe(500);
    expect(firstFlushMs(1_000, 49_900, 50_000)).toBe(1_000);
    expect(firstFlushMs(1_000, 90_000, 50_000), 'a clock that goes ahead').toBe(1_000);
  });

  test('a batch is cut when it holds its bytes', () => {
    const full = { ...idle, fillingBytes: limits.flushBytesMax, firstArrivalMs: 49_999 };
    expect(decideFill(full, limits)).toEqual({ kind: 'cut' });
    expect(decideFill({ ...full, isLanding: true }, limits)).toEqual({ kind: 'hold' });
  });

  test('[S11] a batch is cut at half of the lane’s budget, however large the pipeline wants it', () => {
    const wide = { ...limits, flushBytesMax: 1 << 30 };
    const half = { ...idle, fillingBytes: wide.laneBytesMax / 2, firstArrivalMs: 49_999 };
    expect(decideFill(half, wide)).toEqual({ kind: 'cut' });
    expect(decideFill({ ...half, fillingBytes: half.fillingBytes - 1 }, wide).kind).toBe('fetch');
  });

  test('the next batch fills while one lands', () => {
    const overlapping = {
      ...idle,
      fillingBytes: 10,
      landingBytes: 10,
      firstArrivalMs: 40_000,
      isLanding: true,
    };
    expect(decideFill(overlapping, limits).kind).toBe('fetch');
  });

  test('[S11] filling and landing together never pass the budget of the lane', () => {
    fc.assert(
      fc.property(
        fc.nat(20 << 20),
        fc.nat(20 << 20),
        fc.boolean(),
        fc.boolean(),
        (fillingBytes, landingBytes, isLanding, isSettling) => {
          const state = {
            ...idle,
            fillingBytes,
            landingBytes,
            firstArrivalMs: 49_999,
            isLanding,
            isSettling,
          };
          const decision = decideFill(state, limits);
          if (decision.kind !== 'fetch') return;
          expect(fillingBytes + landingBytes + decision.bytesMax).toBeLessThanOrEqual(limits.laneBytesMax);
          expect(isSettling).toBe(false);
        },
      ),
    );
  });

  test('[S12] a settling lane cuts what it has at once and asks for nothing more', () => {
    const settling = { ...idle, isSettling: true };
    expect(decideFill(settling, limits)).toEqual({ kind: 'hold' });
    expect(decideFill({ ...settling, firstArrivalMs: 50_000, fillingBytes: 1 }, limits)).toEqual({
      kind: 'cut',
    });
  });
});

describe('the ranges of a batch', () => {
  test('[I3] begin where the log ends, per partition and in partition order', () => {
    const accounts = [filled(7, 0n, 5n), filled(2, 10n, 12n), openAccount(3, 4n, -1)];
    const decision = decideBatch(
      accounts,
      new Map([[2, 10n]]),
      new Map([
        [7, 5n],
        [2, 100n],
      ]),
    );
    expect(decision).toEqual({
      kind: 'batch',
      ranges: [
        { partition: 2, from: 10n, to: 12n, leaderEpoch: 3, losses: [] },
        { partition: 7, from: 0n, to: 5n, leaderEpoch: 3, losses: [] },
      ],
    });
  });

  test('[S8] a range that does not begin at the committed offset is refused, in either direction', () => {
    for (const committed of [9n, 11n]) {
      expect(decideBatch([filled(2, 10n, 12n)], new Map([[2, committed]]), new Map([[2, 12n]]))).toEqual({
        kind: 'broken',
        partition: 2,
        cause: `the batch begins at 10, the log ends at ${committed}`,
      });
    }
  });

  test('[S2] a range never passes the last stable offset', () => {
    expect(decideBatch([filled(2, 10n, 12n)], new Map(), new Map([[2, 11n]])).kind).toBe('broken');
    expect(decideBatch([filled(2, 10n, 12n)], new Map(), new Map()).kind).toBe('broken');
    expect(decideBatch([filled(2, 10n, 12n)], new Map(), new Map([[2, 12n]])).kind).toBe('batch');
  });

  test('nothing read is no batch', () => {
    expect(decideBatch([openAccount(0, 5n, -1)], new Map(), new Map())).toEqual({ kind: 'nothing' });
  });
});
