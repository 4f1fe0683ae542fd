import { describe, expect, test } from 'vitest';
import { batchSeqAppId, fenceAppId, nextOffsetsIn, outputAppId, primaryAppId } from './app-ids.ts';

const pipelineId = '3f2c9a4e-0000-4000-8000-000000000001';
const topicId = 'a8b1f2d0-0000-4000-8000-00000000000a';

describe('[S4] txn appIds', () => {
  test('are spelled as the table format of every existing table has them', () => {
    expect(primaryAppId('p', 't', 3)).toBe('headwater:p:t:3');
    expect(outputAppId('p', 't', 3, 'quarantine')).toBe('headwater:p:t:3:quarantine');
    expect(fenceAppId({ pipelineId: 'p', lane: 2 })).toBe('headwater:p:lane:2:fence');
    expect(batchSeqAppId({ pipelineId: 'p', lane: 2 })).toBe('headwater:p:lane:2:batchSeq');
  });

  test('[S5] the next offset of every partition is read from the versions of one topic id', () => {
    const txns = new Map([
      [primaryAppId(pipelineId, topicId, 0), 10n],
      [primaryAppId(pipelineId, topicId, 11), 9_007_199_254_740_993n],
      [outputAppId(pipelineId, topicId, 0, 'quarantine'), 7n],
      [primaryAppId(pipelineId, 'another-topic-id', 0), 99n],
      [primaryAppId('another-pipeline', topicId, 0), 98n],
      [fenceAppId({ pipelineId, lane: 0 }), 4n],
      [batchSeqAppId({ pipelineId, lane: 0 }), 5n],
    ]);
    expect(nextOffsetsIn(txns, pipelineId, topicId)).toEqual(
      new Map([
        [0, 10n],
        [11, 9_007_199_254_740_993n],
      ]),
    );
    expect(nextOffsetsIn(txns, pipelineId, topicId, 'quarantine')).toEqual(new Map([[0, 7n]]));
  });

  test('a lane is never mistaken for a partition, whatever its number', () => {
    const txns = new Map([[fenceAppId({ pipelineId, lane: 7 }), 1n]]);
    expect(nextOffsetsIn(txns, pipelineId, 'lane')).toEqual(new Map());
  });
});
