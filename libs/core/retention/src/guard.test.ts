import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideCut, type PartitionInventory, type StagedProgress } from './guard.ts';

const topicId = 'topic-1';
const offset = fc.bigInt({ min: 0n, max: 1_000n });

const observed: fc.Arbitrary<PartitionInventory> = fc
  .record({ a: offset, b: offset, cutOffset: offset, held: fc.option(offset, { nil: undefined }) })
  .map(({ a, b, cutOffset, held }) => ({
    partition: 0,
    startOffset: a < b ? a : b,
    endOffset: a < b ? b : a,
    cutOffset,
    ...(held === undefined ? {} : { heldOffset: held }),
  }));

const progress: fc.Arbitrary<readonly StagedProgress[]> = fc.array(
  fc.record({
    pipelineId: fc.uuid(),
    topicId: fc.constantFrom(topicId, 'topic-2'),
    nextOffsets: fc
      .option(offset, { nil: undefined })
      .map((next) => new Map<number, bigint>(next === undefined ? [] : [[0, next]])),
  }),
  { maxLength: 4 },
);

test('[I8][R3] no cut passes what the slowest pipeline staged, whatever is observed', () => {
  fc.assert(
    fc.property(observed, progress, (partition, pipelines) => {
      const { from, before } = decideCut(topicId, partition, pipelines);
      expect(from).toBe(partition.startOffset);
      for (const pipeline of pipelines) {
        const staged = pipeline.topicId === topicId ? (pipeline.nextOffsets.get(0) ?? from) : from;
        expect(before === from || before <= staged).toBe(true);
      }
      if (pipelines.length === 0) expect(before).toBe(from);
    }),
    { numRuns: 2_000 },
  );
});

test('[R3][R6] no cut passes the cut by time, the end of the log or a held record', () => {
  fc.assert(
    fc.property(observed, progress, (partition, pipelines) => {
      const { from, before } = decideCut(topicId, partition, pipelines);
      expect(before).toBeGreaterThanOrEqual(from);
      if (before > from) {
        expect(before).toBeLessThanOrEqual(partition.cutOffset);
        expect(before).toBeLessThanOrEqual(partition.endOffset);
        if (partition.heldOffset !== undefined) expect(before).toBeLessThanOrEqual(partition.heldOffset);
      }
    }),
    { numRuns: 2_000 },
  );
});

const at = (nextOffset: bigint, id = topicId): StagedProgress => ({
  pipelineId: 'p',
  topicId: id,
  nextOffsets: new Map([[0, nextOffset]]),
});
const hundred: PartitionInventory = { partition: 0, startOffset: 0n, endOffset: 100n, cutOffset: 60n };

test.each([
  ['everything staged: the cut by time is reached', [at(100n)], hundred, { before: 60n }],
  ['staging behind: it holds back', [at(100n), at(20n)], hundred, { before: 20n, heldBackBy: 'staging' }],
  ['nothing staged', [at(0n)], hundred, { before: 0n, heldBackBy: 'staging' }],
  ['no pipeline', [], hundred, { before: 0n, heldBackBy: 'staging' }],
  ['a topic made again', [at(100n, 'topic-0')], hundred, { before: 0n, heldBackBy: 'staging' }],
  ['a hold', [at(100n)], { ...hundred, heldOffset: 10n }, { before: 10n, heldBackBy: 'legal-hold' }],
] as const)('[I8] %s', (_what, pipelines, partition, expected) => {
  expect(decideCut(topicId, partition, pipelines)).toEqual({ partition: 0, from: 0n, ...expected });
});

test('a partition that a pipeline has not met yet loses nothing', () => {
  const elsewhere: StagedProgress = { pipelineId: 'p', topicId, nextOffsets: new Map([[1, 50n]]) };
  expect(decideCut(topicId, hundred, [elsewhere])).toMatchObject({ before: 0n, heldBackBy: 'staging' });
});
