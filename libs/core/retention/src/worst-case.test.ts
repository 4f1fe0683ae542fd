import fc from 'fast-check';
import { expect, test } from 'vitest';
import { removedFilesWorstCase, sumOf, topicWorstCase } from './worst-case.ts';

/** A record as the simulated broker keeps it; times in seconds of a shortened clock. */
interface SimulatedRecord {
  readonly arrival: number;
  readonly timestamp: number;
}

const minute = 60;
const retentionCheck = 5 * minute;
const fileDelay = 1 * minute;

/** Arrivals with gaps of at most 10 minutes and timestamps up to `ahead` seconds in the future, any time in the past. */
const arrivals = (ahead: number) =>
  fc
    .array(
      fc.record({
        gap: fc.integer({ min: 0, max: 10 * minute }),
        shift: fc.integer({ min: -2 * 86_400, max: ahead }),
      }),
      { minLength: 1, maxLength: 120 },
    )
    .map((steps) => {
      let clock = 0;
      return steps.map(({ gap, shift }): SimulatedRecord => {
        clock += gap;
        return { arrival: clock, timestamp: clock + shift };
      });
    });

/**
 * How a broker keeps a partition: the active segment rolls when it gets older than `segmentMs` (by the timestamp of its
 * first record), a segment goes when its largest timestamp is past `retentionMs`, its file a minute later.
 */
function physicallyGoneAt(records: readonly SimulatedRecord[], retention: number, segment: number) {
  const segments: SimulatedRecord[][] = [];
  for (const record of records) {
    const active = segments.at(-1);
    const opened = active?.[0];
    if (active === undefined || opened === undefined || record.arrival - opened.arrival >= segment) {
      segments.push([record]);
    } else active.push(record);
  }
  return segments.map((inside) => {
    const largest = Math.max(...inside.map(({ timestamp }) => timestamp));
    const rolledAt = (inside[0]?.arrival ?? 0) + segment;
    const deletable = Math.max(largest + retention, inside.at(-1)?.arrival ?? 0);
    const checked = Math.ceil(deletable / retentionCheck) * retentionCheck;
    return { inside, goneAt: Math.max(checked, 0) + fileDelay, rolledAt };
  });
}

test('[R1] promise-first: no record outlives the computed bound on a broker that keeps Kafka’s rules', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 86_400 }),
      fc.integer({ min: 60, max: 7_200 }),
      fc.integer({ min: 0, max: 3_600 }).chain((ahead) => fc.tuple(fc.constant(ahead), arrivals(ahead))),
      (retention, segment, [ahead, records]) => {
        const bound = sumOf(
          topicWorstCase('promise-first', {
            topicCutMs: retention * 1_000,
            segmentMs: segment * 1_000,
            timestampAfterMaxMs: ahead * 1_000,
            runIntervalMs: 0,
          }),
        );
        for (const { inside, goneAt } of physicallyGoneAt(records, retention, segment)) {
          for (const { arrival } of inside) expect((goneAt - arrival) * 1_000).toBeLessThanOrEqual(bound);
        }
      },
    ),
  );
});

test('[R1] tables: no row outlives the computed bound when runs, vacuum and files keep to their settings', () => {
  const setting = fc.integer({ min: 60, max: 7_200 });
  fc.assert(
    fc.property(
      fc.record({ cut: setting, span: setting, interval: setting, keep: setting, phase: setting }),
      fc.integer({ min: 0, max: 3_600 }).chain((ahead) => fc.tuple(fc.constant(ahead), arrivals(ahead))),
      ({ cut, span, interval, keep, phase }, [ahead, records]) => {
        const bound = sumOf(
          removedFilesWorstCase({
            tableCutMs: cut * 1_000,
            fileSpanMs: span * 1_000,
            runIntervalMs: interval * 1_000,
            deletedFileRetentionMs: keep * 1_000,
            logRetentionMs: 0,
            timestampAfterMaxMs: ahead * 1_000,
          }),
        );
        const nextRun = (from: number) => Math.ceil((from - phase) / interval) * interval + phase;
        for (const file of filesOf(records, span)) {
          const newest = Math.max(...file.map(({ timestamp }) => timestamp));
          const removedAt = nextRun(Math.max(newest + cut, file.at(-1)?.arrival ?? 0));
          const vacuumedAt = nextRun(removedAt + keep);
          for (const { arrival } of file) expect((vacuumedAt - arrival) * 1_000).toBeLessThanOrEqual(bound);
        }
      },
    ),
  );
});

/** Batches in order of arrival; a file holds arrivals and timestamps at most `span` apart. */
function filesOf(records: readonly SimulatedRecord[], span: number): readonly SimulatedRecord[][] {
  const files: SimulatedRecord[][] = [];
  for (const record of records) {
    const file = files.at(-1);
    const times = [...(file ?? []), record].flatMap(({ arrival, timestamp }) => [arrival, timestamp]);
    if (file !== undefined && Math.max(...times) - Math.min(...times) <= span) file.push(record);
    else files.push([record]);
  }
  return files;
}
