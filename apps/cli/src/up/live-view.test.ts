import { expect, test } from 'vitest';
import type { PipelineStatus } from '../control-plane/types.ts';
import { messagesOf } from '../message/index.ts';
import { renderLive, renderLiveLine } from './live-view.ts';

const quiet = { engineReason: null, recordsPerSecond: null, lastCommitAt: null, activity: null };

const nowMs = Date.parse('2026-01-01T00:00:10Z');

const counts = {
  deduplicated: '0',
  lateTable: '0',
  tombstones: '0',
  control: '0',
  aborted: '0',
  absent: '0',
  acceptedLoss: '0',
};
const table = { url: 'file:///lake/ads/ad-events', version: '12', files: 12, bytes: '1', rows: '1234567' };

const running: PipelineStatus = {
  pipelineId: 'p',
  productName: 'ads/ad-events',
  desiredState: 'RUNNING',
  reportedAt: '2026-01-01T00:00:09Z',
  lagRecords: '82',
  lagSeconds: 0.97,
  recordsPerSecond: 82.4,
  bytesPerSecond: 19_000,
  lastCommitAt: '2026-01-01T00:00:08.500Z',
  lanes: [{ lane: 0, state: 'RUNNING', engine: 'duckdb', ...quiet, error: null, partitions: [] }],
  table,
  quarantineTable: { ...table, version: '3' },
  ledger: { ...counts, offsets: '1234568', landed: '1234567', quarantined: '1', isBalanced: true },
  quarantineGroups: [],
  openIncidents: [],
};

const stopped: PipelineStatus = {
  ...running,
  productName: 'transport/flights',
  lagRecords: null,
  lagSeconds: null,
  recordsPerSecond: null,
  lastCommitAt: null,
  lanes: [
    {
      lane: 0,
      state: 'STOPPED_BY_INCIDENT',
      engine: 'duckdb',
      ...quiet,
      error: { code: 'HW_STAGING_GAP', message: 'Offsets are gone.', fix: 'Decide.' },
      partitions: [],
    },
  ],
  openIncidents: [
    {
      id: 'i',
      kind: 'offset-out-of-range',
      partition: 2,
      from: '5',
      to: '9',
      cause: 'Gap.',
      fix: 'Accept it.',
    },
  ],
};

test.each(['en', 'ko'] as const)(
  'the live view of a running and a stopped pipeline (%s)',
  async (language) => {
    const rows = [{ status: running, produced: 1_234_650 }, { status: stopped }];
    const text = renderLive(rows, messagesOf(language), nowMs).join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/live-view.${language}.txt`);
  },
);

test('a lag that is not known is called unknown, never 0', () => {
  const line = renderLiveLine({ status: stopped }, messagesOf('en'));
  expect(line).toContain('lag unknown');
});

test('one line for a log says what was produced and what became of it', () => {
  expect(renderLiveLine({ status: running, produced: 1_234_650 }, messagesOf('en'))).toBe(
    'ads/ad-events: produced 1,234,650, landed 1,234,567, quarantined 1, lag 82 records, 1.0 s, version 12, ledger balanced',
  );
});
