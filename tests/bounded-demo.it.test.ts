import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShell, type Ran, type Shell } from './headwater-process.ts';

let shell: Shell;
beforeAll(() => void (shell = openShell()));
afterAll(() => shell.remove());

const lastLine = ({ stdout }: Ran): unknown => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');

test(
  'a bounded run of made-up events ends by itself, balanced, with the malformed ones in quarantine',
  { timeout: 300_000 },
  async () => {
    const ran = await shell.run(['up', '--demo', 'ad-events', '--events', '20000', '--seed', '7', '--exit']);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(1);
    const sheet = lastLine(ran) as Record<string, number>;
    expect(Object.keys(sheet)).toEqual([
      ...[
        'produced',
        'landed',
        'quarantined',
        'deduplicated',
        'late',
        'tombstones',
        'lost',
        'duplicated',
        'seconds',
      ],
    ]);
    expect(sheet).toMatchObject({ produced: 20_000, lost: 0, duplicated: 0, tombstones: 0 });
    expect(sheet['quarantined']).toBeGreaterThan(0);
    expect((sheet['landed'] ?? 0) + (sheet['quarantined'] ?? 0)).toBe(20_000);
  },
);

test(
  'a bounded run of real flights lands exactly the rows of the source file, started again on the same state',
  { timeout: 300_000 },
  async () => {
    const ran = await shell.run(['up', '--demo', 'flights', '--source', 'flights-200k.json', '--exit']);
    expect(ran.code, ran.stderr).toBe(0);
    expect(lastLine(ran)).toMatchObject({
      produced: 200_000,
      landed: 200_000,
      quarantined: 0,
      lost: 0,
      duplicated: 0,
    });
    expect(ran.stderr).toContain(
      'The table equals its source file: 200,000 rows, count and checksum of delay, distance, time',
    );
  },
);

test(
  'more events than the source file has are refused with the number it has',
  { timeout: 300_000 },
  async () => {
    const ran = await shell.run(['demo', 'flights', '--source', 'flights-200k.json', '--events', '200001']);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/flights has 200000 events, not 200001/);
  },
);
