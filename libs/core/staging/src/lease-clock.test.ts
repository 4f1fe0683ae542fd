import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeLease, leaseGranted, leaseRenewed, leaseTiming } from './lease-clock.ts';

const timing = { ttlMs: 5_000, renewEveryMs: 1_500, marginMs: 1_000 };

describe('[S1] the lease clock', () => {
  test('asks for renewal, then ends a margin before Postgres would end it', () => {
    const clock = leaseGranted(10_000, timing);
    expect(judgeLease(clock, 11_499)).toBe('held');
    expect(judgeLease(clock, 11_500)).toBe('renew');
    expect(judgeLease(clock, 13_999)).toBe('renew');
    expect(judgeLease(clock, 14_000)).toBe('ended');
  });

  test('two renewals fit inside one lease, so that one lost answer does not stop a lane', () => {
    expect(leaseTiming.renewEveryMs * 2).toBeLessThan(leaseTiming.ttlMs - leaseTiming.marginMs);
  });

  test('an answer that comes late never shortens a newer grant', () => {
    const newer = leaseRenewed(leaseGranted(0, timing), 2_000, timing);
    expect(leaseRenewed(newer, 1_000, timing)).toEqual(newer);
  });

  test('the worker has stopped before the grantor ends the lease, however long the request took', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wait: fc.nat(4_000), travel: fc.nat(10_000) }), { minLength: 1 }),
        (grants) => {
          let sentAt = 0;
          let clock = leaseGranted(0, timing);
          let grantorEnd = 0;
          for (const { wait, travel } of grants) {
            sentAt += wait;
            clock = leaseRenewed(clock, sentAt, timing);
            grantorEnd = Math.max(grantorEnd, sentAt + travel + timing.ttlMs);
          }
          expect(judgeLease(clock, grantorEnd - timing.marginMs)).toBe('ended');
        },
      ),
    );
  });
});
