import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRetention, describeMs } from './compile-retention.ts';
import { brokerCheckMs, dayMs, type RetentionSettings } from './promise.ts';
import {
  logEntriesWorstCase,
  removedFilesWorstCase,
  sumOf,
  tableWorstCase,
  topicWorstCase,
} from './worst-case.ts';

const mode = fc.constantFrom('staging-first' as const, 'promise-first' as const);
const periodMs = fc.integer({ min: 1, max: 60 * dayMs });
const part = fc.integer({ min: 0, max: 3 * dayMs });
const cut = fc.integer({ min: 0, max: 60 * dayMs });
const overrides: fc.Arbitrary<Partial<RetentionSettings>> = fc.record(
  {
    timestampAfterMaxMs: part,
    segmentMs: part,
    runIntervalMs: part,
    deletedFileRetentionMs: part,
    logRetentionMs: part,
    fileSpanMs: part,
    topicCutMs: cut,
    tableCutMs: cut,
  },
  { requiredKeys: [] },
);

test('[R1] whatever compiles keeps the worst case of every copy within the promise', () => {
  let compiledCount = 0;
  fc.assert(
    fc.property(periodMs, mode, overrides, (period, chosen, given) => {
      const compiled = compileRetention({ periodMs: period, mode: chosen }, given);
      if (!compiled.ok) return;
      compiledCount += 1;
      const settings = compiled.value;
      for (const parts of [
        topicWorstCase(chosen, settings),
        tableWorstCase(settings),
        removedFilesWorstCase(settings),
        logEntriesWorstCase(settings),
      ]) {
        expect(sumOf(parts)).toBeLessThanOrEqual(period);
        expect(Math.min(...parts.map(({ ms }) => ms))).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 4_000 },
  );
  expect(compiledCount).toBeGreaterThan(100);
});

test('[R1] every period from 15 minutes on compiles without overrides, in both modes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 15 * 60_000, max: 4_000 * dayMs }), mode, (period, chosen) => {
      expect(compileRetention({ periodMs: period, mode: chosen })).toMatchObject({ ok: true });
    }),
  );
});

test('[R2] promise-first: retention.ms + segment.ms + 6 minutes + clock headroom is within the promise', () => {
  fc.assert(
    fc.property(fc.integer({ min: 15 * 60_000, max: 4_000 * dayMs }), (period) => {
      const compiled = compileRetention({ periodMs: period, mode: 'promise-first' });
      if (!compiled.ok) throw new Error(compiled.error.message);
      const read = (key: string) => Number(compiled.value.topicConfigs[key]);
      expect(
        read('retention.ms') + read('segment.ms') + brokerCheckMs + read('message.timestamp.after.max.ms'),
      ).toBeLessThanOrEqual(period);
      expect(read('message.timestamp.before.max.ms')).toBeLessThan(read('retention.ms'));
    }),
  );
});

test('[R2] staging-first: the broker deletes nothing by itself, and segments roll in bounded time', () => {
  const compiled = compileRetention({ periodMs: 30 * dayMs, mode: 'staging-first' });
  expect(compiled).toMatchObject({
    ok: true,
    value: {
      topicConfigs: {
        'cleanup.policy': 'delete',
        'retention.ms': '-1',
        'retention.bytes': '-1',
        'segment.ms': String(dayMs),
        'message.timestamp.after.max.ms': '3600000',
      },
    },
  });
});

test.each([
  ['removed-files', { deletedFileRetentionMs: 7 * dayMs }, 'delta.deletedFileRetentionDuration'],
  ['log-entries', { logRetentionMs: 30 * dayMs }, 'delta.logRetentionDuration'],
  ['topic', { segmentMs: 7 * dayMs }, 'segment.ms'],
  ['topic', { topicCutMs: 9 * dayMs, segmentMs: 2 * dayMs }, 'topic cut'],
] as const)(
  '[R1] a promise of 7 days is refused for the copy %s, naming the setting',
  (copy, given, setting) => {
    const refused = compileRetention({ periodMs: 7 * dayMs, mode: 'staging-first' }, given);
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'HW_RETENTION_PROMISE_EXCEEDED', copy, setting, fix: expect.stringContaining(setting) },
    });
  },
);

test('a promise that the broker’s own delay eats up is refused, saying so', () => {
  expect(compileRetention({ periodMs: 5 * 60_000, mode: 'promise-first' })).toMatchObject({
    ok: false,
    error: { copy: 'topic', setting: 'the broker’s check and file delay' },
  });
});

test.each([0, -1, Number.NaN, Infinity, 1.5])('a period of %s ms is refused', (period) => {
  expect(compileRetention({ periodMs: period, mode: 'staging-first' })).toMatchObject({
    ok: false,
    error: { code: 'HW_RETENTION_PERIOD_INVALID' },
  });
});

test('table properties are intervals that every Delta engine reads', () => {
  const compiled = compileRetention({ periodMs: 30 * dayMs, mode: 'staging-first' });
  expect(compiled.ok && compiled.value.tableProperties).toEqual({
    'delta.deletedFileRetentionDuration': 'interval 324000 seconds',
    'delta.logRetentionDuration': 'interval 324000 seconds',
  });
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [61_000, '1 min 1 s'],
  [dayMs + 3_600_000 + 60_000, '1 d 1 h'],
])('%i ms is described as %s', (ms, words) => {
  expect(describeMs(ms)).toBe(words);
});
