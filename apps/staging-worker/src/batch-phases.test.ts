import { expect, test } from 'vitest';
import { createBatchPhases } from './batch-phases.ts';

const clockAt = (time: { ms: number }) => ({ nowMs: () => 1_000 + time.ms, monotonicMs: () => time.ms });

test('phases sum over their parts, and fill reaches from the first record set to encoding', async () => {
  const time = { ms: 0 };
  const clock = clockAt(time);
  const phases = createBatchPhases();
  const take = (ms: number) => () => void (time.ms += ms);
  expect(phases.current()).toBeUndefined();
  await phases.measure(clock, 'judge', take(3));
  expect(phases.current()).toBe('fill');
  time.ms += 10;
  await phases.measure(clock, 'judge', take(2));
  await phases.measure(clock, 'encode', () => {
    expect(phases.current()).toBe('encode');
    time.ms += 7;
  });
  expect(phases.times()).toEqual([
    { phase: 'fill', startMs: 1_000, endMs: 1_015, busyMs: 15 },
    { phase: 'judge', startMs: 1_000, endMs: 1_015, busyMs: 5 },
    { phase: 'encode', startMs: 1_015, endMs: 1_022, busyMs: 7 },
  ]);
});

test('a phase that throws is measured too, and is over', async () => {
  const time = { ms: 0 };
  const phases = createBatchPhases();
  const failing = phases.measure(clockAt(time), 'commit', () => {
    time.ms += 4;
    throw new Error('no answer');
  });
  await expect(failing).rejects.toThrow('no answer');
  expect(phases.times()).toMatchObject([{ phase: 'commit', busyMs: 4 }]);
  expect(phases.current()).toBe('fill');
});
