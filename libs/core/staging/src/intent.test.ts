import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeIntent, intentPath, parseIntent, parseIntentPath, type Intent } from './intent.ts';

const anIntent = (over: Partial<Intent> = {}): Intent => ({
  batchId: '0b5f9c1e-1111-4222-8333-944444444444',
  pipelineId: 'p1',
  lane: 0,
  batchSeq: 17,
  revision: 0,
  fence: 3n,
  topic: 'ads.ad-events',
  topicId: 'a8b1f2d0-0000-4000-8000-00000000000a',
  ranges: [
    { partition: 0, from: 10n, to: 20n, leaderEpoch: 4, losses: [] },
    { partition: 3, from: 0n, to: 9_007_199_254_740_993n, leaderEpoch: -1, losses: [] },
  ],
  contractVersion: '1.0.0',
  schemaIds: [],
  transformHash: 'c0ffee',
  engine: 'duckdb',
  ingestedAtUs: 1_790_000_000_000_000n,
  ...over,
});
const edited = (change: (draft: Record<string, unknown>) => void): Uint8Array => {
  const draft = JSON.parse(new TextDecoder().decode(encodeIntent(anIntent()))) as Record<string, unknown>;
  change(draft);
  return new TextEncoder().encode(JSON.stringify(draft));
};

describe('[S2] the intent codec', () => {
  test('gives back what was written, offsets beyond 2^53 included', () => {
    const range = fc
      .record({
        from: fc.bigInt(0n, (1n << 62n) - 1n),
        length: fc.bigInt(1n, 1n << 62n),
        leaderEpoch: fc.integer({ min: -1, max: 1000 }),
      })
      .map(({ from, length, leaderEpoch }) => ({ from, to: from + length, leaderEpoch, losses: [] }));
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 20 }),
        fc.bigInt(0n, 1n << 62n),
        (ranges, fence) => {
          const intent = anIntent({
            fence,
            ranges: ranges.map((each, partition) => ({ ...each, partition })),
          });
          expect(parseIntent(encodeIntent(intent))).toEqual({ ok: true, value: intent });
        },
      ),
    );
  });

  test('equal intents are equal bytes, so that a lost answer can be compared', () => {
    const { ranges, ...rest } = anIntent();
    expect(encodeIntent({ ranges, ...rest })).toEqual(encodeIntent(anIntent()));
  });

  test.each([
    ['an empty range', (d) => void Object.assign((d['ranges'] as object[])[0]!, { to: '10' })],
    ['partitions out of order', (d) => void (d['ranges'] as object[]).reverse()],
    ['no ranges', (d) => void (d['ranges'] = [])],
    ['a number where an offset belongs', (d) => void (d['fence'] = 3)],
    [
      'a loss outside its range',
      (d) =>
        void Object.assign((d['ranges'] as object[])[0]!, {
          losses: [{ incidentId: 'i', from: '9', to: '11' }],
        }),
    ],
    ['a missing member', (d) => void delete d['topicId']],
  ] satisfies [string, (draft: Record<string, unknown>) => void][])('refuses %s', (_what, change) => {
    expect(parseIntent(edited(change)).ok).toBe(false);
  });

  test('refuses bytes that are not JSON', () => {
    expect(parseIntent(new TextEncoder().encode('{"batchId":')).ok).toBe(false);
    expect(parseIntent(new Uint8Array([0xff])).ok).toBe(false);
  });
});

describe('[S2] the name of an intent', () => {
  const lane = { pipelineId: 'p1', lane: 2 };

  test('is fixed by pipeline, lane, batchSeq and revision', () => {
    expect(intentPath(lane, 17, 0)).toBe('_headwater/p1/2/17.json');
    expect(intentPath(lane, 17, 1)).toBe('_headwater/p1/2/17.1.json');
  });

  test('is read back, and names of other objects are not', () => {
    expect(parseIntentPath(lane, '_headwater/p1/2/17.json')).toEqual({ batchSeq: 17, revision: 0 });
    expect(parseIntentPath(lane, '_headwater/p1/2/17.12.json')).toEqual({ batchSeq: 17, revision: 12 });
    for (const other of [
      '_headwater/p1/3/17.json',
      '_headwater/p1/2/17.json.tmp',
      '_headwater/p1/2/x.json',
      '_headwater/p1/transforms/17.json',
    ]) {
      expect(parseIntentPath(lane, other)).toBeUndefined();
    }
  });
});
