import { describe, expect, it } from 'vitest';
import type { Protocol, TableMetaData } from './actions.ts';
import { judgeReadable, judgeWritable } from './protocol.ts';
import { field, formatSchemaString, struct } from './schema.ts';

const metaData = (
  configuration: Record<string, string> = {},
  columnMetadata: Record<string, string> = {},
): TableMetaData => ({
  id: 'i',
  format: { provider: 'parquet', options: {} },
  schemaString: formatSchemaString(struct([{ ...field('a', 'long'), metadata: columnMetadata }])),
  partitionColumns: [],
  configuration,
});
const legacy = (minReaderVersion: number, minWriterVersion: number): Protocol => ({
  minReaderVersion,
  minWriterVersion,
});
const features = (readerFeatures: string[], writerFeatures: string[]): Protocol => ({
  ...legacy(3, 7),
  readerFeatures,
  writerFeatures,
});
const writing = (protocol: Protocol, meta = metaData()) =>
  judgeWritable(protocol, meta, 'file:///t')?.message;

describe('[D3] unknown features are refused by name', () => {
  it('for reading', () => {
    expect(judgeReadable(features(['variantType', 'deletionVectors'], []), 'file:///t')?.message).toBe(
      'Table file:///t needs the reader feature "variantType", which Headwater does not know how to read.',
    );
    expect(judgeReadable(legacy(4, 7), 'file:///t')?.message).toMatch(/needs reader version 4/);
    expect(
      judgeReadable(features(['columnMapping', 'v2Checkpoint', 'typeWidening'], []), 'x'),
    ).toBeUndefined();
  });

  it('for writing', () => {
    expect(writing(features([], ['rowTracking', 'icebergCompatV2']))).toMatch(
      /needs the writer features "rowTracking", "icebergCompatV2"/,
    );
    expect(writing(legacy(1, 8))).toMatch(/needs writer version 8/);
    expect(writing(features([], ['appendOnly', 'domainMetadata', 'inCommitTimestamp']))).toBeUndefined();
  });

  it('a feature that an old writer version implies counts when the table uses it', () => {
    expect(writing(legacy(1, 2))).toBeUndefined();
    expect(writing(legacy(2, 6))).toBeUndefined();
    expect(writing(legacy(1, 3), metaData({ 'delta.constraints.c': 'a > 1' }))).toMatch(/"checkConstraints"/);
    expect(writing(legacy(1, 4), metaData({ 'delta.enableChangeDataFeed': 'true' }))).toMatch(
      /"changeDataFeed"/,
    );
    expect(writing(legacy(1, 2), metaData({}, { 'delta.invariants': '{}' }))).toMatch(/"invariants"/);
    expect(writing(legacy(2, 5), metaData({ 'delta.columnMapping.mode': 'name' }))).toMatch(
      /"columnMapping"/,
    );
    expect(writing(legacy(1, 4), metaData({}, { 'delta.generationExpression': '1' }))).toMatch(
      /"generatedColumns"/,
    );
  });

  it('a feature that is listed and not used asks nothing of a writer', () => {
    const listed = features(
      [],
      ['appendOnly', 'checkConstraints', 'changeDataFeed', 'generatedColumns', 'columnMapping'],
    );
    expect(writing(listed)).toBeUndefined();
    expect(writing(listed, metaData({ 'delta.enableChangeDataFeed': 'true' }))).toMatch(/"changeDataFeed"/);
    expect(writing(listed, metaData({ 'delta.columnMapping.mode': 'id' }))).toMatch(/"columnMapping"/);
  });

  it('[S9] a table that forgets txn versions is refused', () => {
    expect(
      writing(legacy(1, 2), metaData({ 'delta.setTransactionRetentionDuration': 'interval 1 day' })),
    ).toMatch(/sets delta\.setTransactionRetentionDuration/);
  });
});
