import { expect, test } from 'vitest';
import { parseBackfill, parseRestart, parseSwap } from './parse-wish.ts';

const product = 'a/b';

test('a backfill is asked for by offsets or by times, never by both or half of one', () => {
  const ranges = [{ partition: 0, from: 1n, to: 2n ** 62n }];
  expect(parseBackfill({ product, ranges })).toEqual({
    ok: true,
    value: { kind: 'backfill', ranges: [{ partition: 0, from: '1', to: '4611686018427387904' }] },
  });
  expect(parseBackfill({ product, fromTime: 5, toTime: 6 })).toEqual({
    ok: true,
    value: { kind: 'backfill', times: { fromMs: 5, toMs: 6 } },
  });
  const wishes = [
    {},
    { ranges: [] },
    { ranges, fromTime: 1 },
    { fromTime: 1 },
    { toTime: 1 },
    { fromTime: 6, toTime: 6 },
    { fromTime: 7, toTime: 6 },
  ];
  for (const wish of wishes)
    expect(parseBackfill({ product, ...wish })).toMatchObject({
      ok: false,
      error: { code: 'HW_BACKFILL_WISH' },
    });
});

test('a swap names its backfill, and nothing that could leave the folder of its table', () => {
  expect(parseSwap('swap', '0123456789ab')).toEqual({
    ok: true,
    value: { kind: 'swap', backfillId: '0123456789ab' },
  });
  for (const name of ['', '0123456789AB', '../../_delta', '0123456789abc'])
    expect(parseSwap('undo-swap', name)).toMatchObject({ ok: false, error: { code: 'HW_SWAP_WISH' } });
});

test('a restart begins at exactly one place', () => {
  const from = (input: Omit<Parameters<typeof parseRestart>[0], 'product'>) => {
    const parsed = parseRestart({ product, ...input });
    return parsed.ok && parsed.value.kind === 'restart' ? parsed.value.from : parsed.ok;
  };
  expect(from({ fromEarliest: true })).toBe('earliest');
  expect(from({ atTime: 0 })).toEqual({ timeMs: 0 });
  expect(from({ offsets: [{ partition: 3, offset: 9n }] })).toEqual({ offsets: { 3: '9' } });
  for (const wish of [{}, { fromEarliest: false }, { offsets: [] }, { fromEarliest: true, atTime: 0 }])
    expect(from(wish)).toBe(false);
});
