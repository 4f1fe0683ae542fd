import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatLogEntry, parseLogEntry } from '@headwater/core-delta';
import { readBatchRecord, toCommitInfo, type BatchRecord } from './batch-log.ts';
import { ledgerClasses, noOffsets } from './ledger-balance.ts';

const offset = fc.bigInt(0n, (1n << 63n) - 1n);
const entry = fc.record({
  topicId: fc.uuid(),
  partition: fc.nat(),
  from: offset,
  to: offset,
  classes: fc
    .array(fc.tuple(fc.constantFrom(...ledgerClasses), offset))
    .map((counts) => ({ ...noOffsets, ...Object.fromEntries(counts) })),
  samples: fc.array(fc.record({ offset, timestampMs: fc.nat(2 ** 31) }), { maxLength: 16 }),
});
const batch: fc.Arbitrary<BatchRecord> = fc.record({
  batchId: fc.uuid(),
  batchSeq: fc.nat(),
  pipelineId: fc.constant('p'),
  lane: fc.constant(3),
  fence: offset,
  contractVersion: fc.string(),
  engine: fc.string(),
  entries: fc.array(entry),
  quarantine: fc.array(
    fc.record({
      stage: fc.string(),
      reason: fc.string(),
      path: fc.string({ unit: 'grapheme' }),
      records: fc.nat(),
      partition: fc.nat(),
      offset,
    }),
  ),
  losses: fc.array(fc.record({ incidentId: fc.uuid(), partition: fc.nat(), from: offset, to: offset })),
});
const lane = { pipelineId: 'p', lane: 3 };
const throughLog = (commitInfo: object) =>
  parseLogEntry(formatLogEntry([{ commitInfo: commitInfo as never }]), 'log entry');

describe('[S10] the ledger of a batch in its commit', () => {
  test('comes back from the log as it was written, every digit of it', () => {
    fc.assert(
      fc.property(batch, (written) => {
        expect(readBatchRecord(throughLog(toCommitInfo(written)), lane)).toEqual(written);
      }),
    );
  });

  test('is another lane’s or pipeline’s, or none, in any other commit', () => {
    const [sample] = fc.sample(batch, 1);
    const actions = throughLog(toCommitInfo(sample!));
    expect(readBatchRecord(actions, { ...lane, lane: 4 })).toBeUndefined();
    expect(readBatchRecord(actions, { ...lane, pipelineId: 'q' })).toBeUndefined();
    expect(
      readBatchRecord(throughLog({ headwater: { pipelineId: 'p', lane: 3, fence: '7' } }), lane),
    ).toBeUndefined();
    expect(readBatchRecord(throughLog({ operation: 'OPTIMIZE' }), lane)).toBeUndefined();
    expect(readBatchRecord([], lane)).toBeUndefined();
  });
});
