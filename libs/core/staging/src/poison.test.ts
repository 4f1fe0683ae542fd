import { expect, test } from 'vitest';
import type { PoisonPolicy } from './poison-policy.ts';
import { judgePoison, type PoisonWindow } from './poison.ts';

const policy: PoisonPolicy = { share: 0.2, windowRecords: 100, windowMs: 1_000, policy: 'pause' };
const sample = (reason: string, records: number) => ({
  stage: 'map',
  reason,
  path: 'amount',
  records,
  partition: 0,
  offset: 7n,
});
const judge = (window: PoisonWindow | undefined, landed: bigint, refused: bigint, nowMs = 0, over = policy) =>
  judgePoison(over, window, { landed, refused, samples: [sample('type', Number(refused))], nowMs });

test('a share above the threshold over a full window is an incident with the reasons, without values', () => {
  const first = judge(undefined, 50n, 10n);
  expect(first).toMatchObject({ window: { landed: 50n, refused: 10n } });
  const { window, incident } = judge(first.window, 25n, 15n);
  expect(window).toBeUndefined();
  expect(incident).toMatchObject({
    kind: 'poison',
    cause: '25 of the last 100 records (25 %) were refused; the threshold is 20 %.',
    samples: [sample('type', 25)],
  });
});

test('exactly the threshold is not above it, and a new window begins', () => {
  expect(judge(undefined, 80n, 20n)).toEqual({ window: undefined });
});

test('fewer records than the window wants give no verdict, however bad they are', () => {
  expect(judge(undefined, 0n, 99n).incident).toBeUndefined();
});

test('a window that has lasted its time begins again', () => {
  const { window } = judge(undefined, 0n, 60n, 0);
  expect(judge(window, 60n, 0n, 1_001)).toMatchObject({
    window: { landed: 60n, refused: 0n, sinceMs: 1_001 },
  });
});

test('reasons of one kind are counted together, largest first, and only the ten largest are kept', () => {
  const samples = Array.from({ length: 12 }, (_, index) => sample(`reason-${index}`, index + 1));
  const { incident } = judgePoison(policy, undefined, { landed: 0n, refused: 100n, samples, nowMs: 0 });
  expect(incident?.samples).toHaveLength(10);
  expect(incident?.samples?.[0]).toMatchObject({ reason: 'reason-11', records: 12 });
});
