import { describe, expect, test } from 'vitest';
import { batchSeqAppId, fenceAppId, outputAppId, primaryAppId } from './app-ids.ts';
import { decideFence, decideStart, isFenced, readPosition } from './takeover.ts';

const lane = { pipelineId: 'p', lane: 0 };

describe('[S1] takeover', () => {
  test('the fence is higher than Postgres and the log ever saw', () => {
    expect(decideFence(1n, undefined)).toBe(1n);
    expect(decideFence(5n, 4n)).toBe(5n);
    expect(decideFence(5n, 5n)).toBe(6n);
    // A Postgres restored from a backup grants numbers the log has passed long ago.
    expect(decideFence(2n, 900n)).toBe(901n);
  });

  test('[S5] the position is what the log says: offsets per partition and the next batchSeq', () => {
    const txns = new Map([
      [primaryAppId('p', 't', 0), 10n],
      [primaryAppId('p', 't', 1), 0n],
      [outputAppId('p', 't', 0, 'quarantine'), 12n],
      [batchSeqAppId(lane), 41n],
      [batchSeqAppId({ ...lane, lane: 1 }), 7n],
    ]);
    expect(readPosition(txns, lane, 't')).toEqual({
      nextOffsets: new Map([
        [0, 10n],
        [1, 0n],
      ]),
      nextBatchSeq: 42,
    });
  });

  test('a table without any batch begins at batchSeq 0', () => {
    expect(readPosition(new Map(), lane, 't')).toEqual({ nextOffsets: new Map(), nextBatchSeq: 0 });
  });

  test('[S8] a partition the log has never seen begins at its earliest offset, the others where the log ends', () => {
    const start = decideStart(
      [0, 1, 2],
      new Map([[0, 10n]]),
      new Map([
        [0, 3n],
        [1, 5n],
      ]),
    );
    expect(start).toEqual(
      new Map([
        [0, 10n],
        [1, 5n],
        [2, 0n],
      ]),
    );
  });

  test('[S7] only a higher fence of the same lane makes a zombie', () => {
    const txns = new Map([[fenceAppId(lane), 8n]]);
    expect(isFenced(txns, lane, 7n)).toBe(true);
    expect(isFenced(txns, lane, 8n)).toBe(false);
    expect(isFenced(txns, { ...lane, lane: 1 }, 1n)).toBe(false);
  });
});
