import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMatrix } from '../../scripts/faults/matrix-file.ts';
import { runCell } from '../../scripts/faults/run-cell.ts';
import { openTrack, type Track } from '../../scripts/faults/track.ts';

let track: Track;
beforeAll(async () => {
  track = await openTrack(1);
});
afterAll(() => track.close());

const held = { lost: 0, duplicated: 0, problems: [], proof: expect.any(String) };

test('[S2][S12] a death right after the intent is written loses nothing and lands nothing twice', async () => {
  expect(await runCell(track, { point: 'intent.after', kind: 'kill-worker', seed: 1 })).toMatchObject(held);
});

test('[S7] an owner that sleeps through its lease with a commit on its way changes nothing', async () => {
  expect(await runCell(track, { point: 'primary-commit.sent', kind: 'stop-worker', seed: 1 })).toMatchObject(
    held,
  );
});

test('[S10] a connection to Postgres that breaks in a transaction leaves the ledger whole', async () => {
  expect(await runCell(track, { point: 'mirror.before', kind: 'connection-reset', seed: 1 })).toMatchObject(
    held,
  );
});

test('the oracle tells of a record that was dropped and counted as something else', async () => {
  const cell = { point: 'land.after', kind: 'redis-flush', seed: 1, planted: 'last-record-dropped' } as const;
  const { problems, lost } = await runCell(track, cell);
  expect(lost).toBeGreaterThan(0);
  expect(problems.join('\n')).toMatch(/records lost/);
});

test('every pair of the matrix is run or says in a sentence why it cannot be', () => {
  const pairs = readMatrix();
  expect(new Set(pairs.map(({ point, kind }) => `${point}:${kind}`)).size).toBe(pairs.length);
  for (const { reason } of pairs) if (reason !== undefined) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
});
