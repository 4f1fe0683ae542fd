import { describe, expect, test } from 'vitest';
import { faultPointNames } from '@headwater/core-staging';
import { bringForward, planSchedule, quickSize } from './schedule.ts';

describe('the fault schedule', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planSchedule(7, quickSize)).toEqual(planSchedule(7, quickSize));
    expect(planSchedule(7, quickSize)).not.toEqual(planSchedule(8, quickSize));
  });

  test('holds exactly the faults asked for, whatever the seed', () => {
    for (let seed = 0; seed < 50; seed++) {
      const schedule = planSchedule(seed, quickSize);
      const count = (kind: string) => schedule.filter((fault) => fault.kind === kind).length;
      expect([
        count('kill-worker'),
        count('stop-worker'),
        count('kill-broker'),
        count('flush-redis'),
      ]).toEqual([30, 3, 5, 5]);
      const points = schedule.flatMap((fault) =>
        fault.kind === 'kill-worker' && fault.at !== 'random' ? [fault.at] : [],
      );
      expect(points).toHaveLength(15);
      expect(new Set(points).size).toBe(Math.min(15, faultPointNames.length));
    }
  });

  test('begins with the fault that shows a planted bug, when there is one', () => {
    const [first] = bringForward(planSchedule(3, quickSize), 'ignore-foreign-txn');
    expect(first).toMatchObject({ kind: 'stop-worker', at: 'primary-commit.sent' });
    expect(bringForward(planSchedule(3, quickSize), undefined)).toEqual(planSchedule(3, quickSize));
  });
});
