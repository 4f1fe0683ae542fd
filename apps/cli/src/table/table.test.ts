import {
  commitTransaction,
  createTable,
  field,
  formatPartitionValue,
  logEntryPath,
  struct,
  writeCheckpoint,
} from '@headwater/core-delta';
import { createTestTable } from '@headwater/testkit';
import { cpSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showTable } from './show-table.ts';
import { tableRows } from './table-rows.ts';

const NOW_MS = 1_700_000_000_000;
const batchId = '00000000-0000-4000-8000-000000000001';

const SCHEMA = struct([
  field('id', 'long'),
  field('small', 'byte'),
  field('price', { type: 'decimal', precision: 38, scale: 9 }),
  field('ratio', 'double'),
  field('flag', 'boolean'),
  field('text', 'string'),
  field('bytes', 'binary'),
  field('day', 'date'),
  field('at', 'timestamp'),
  field('local', 'timestamp_ntz'),
  field('point', struct([field('x', 'float'), field('big', 'long')])),
  field('list', {
    type: 'array',
    elementType: { type: 'decimal', precision: 5, scale: 2 },
    containsNull: true,
  }),
  field('map', { type: 'map', keyType: 'string', valueType: 'double', valueContainsNull: true }),
  field('p', 'string'),
]);

/** Rows with the values that JSON cannot hold by itself. */
const SELECT = `select * from (
  select 9007199254740992::bigint as id, '-128'::tinyint as small, 1.5::decimal(38, 9) as price, 0.1::double as ratio,
    true as flag, 'tab	"quote" 한글 😀' as text, from_hex('00ff') as bytes, date '0001-01-01' as day,
    '1969-12-31 23:59:59.999999+00'::timestamptz as at, '2024-02-29 00:00:00'::timestamp as local,
    {'x': 0.1::float, 'big': 9007199254740993::bigint} as point, [1.5, null]::decimal(5, 2)[] as list,
    map {'a"b': 'nan'::double, 'c': null} as map
  union all by name
  select 9007199254740993::bigint as id, '-inf'::double as ratio, '99999999999999999999999999999.999999999'::decimal(38, 9) as price,
    '' as text, ''::blob as bytes, '9999-12-31 23:59:59.000001+00'::timestamptz as at, []::decimal(5, 2)[] as list,
    map {'d': 'inf'::double}::map(varchar, double) as map
  union all by name
  select '-9223372036854775808'::bigint as id, -0.0::double as ratio
)`;

let folder: string;
let url: string;

beforeAll(async () => {
  const table = await createTestTable('shown');
  const created = await createTable(
    table.io,
    {
      tableId: batchId,
      name: 'shown',
      description: 'every kind of value',
      schema: SCHEMA,
      partitionColumns: ['p'],
    },
    { batchId, nowMs: NOW_MS },
  );
  const p = formatPartitionValue('string', 'a/b=c [*?] %41 \'"');
  if (!p.ok) throw new Error(p.error);
  let { snapshot } = created;
  for (const select of [SELECT, `${SELECT} limit 1`]) {
    const add = await table.writeRows(snapshot, select, { p: p.value });
    const result = await commitTransaction(table.io, {
      snapshot,
      actions: [{ txn: { appId: 'app', version: 2n ** 60n } }, { add }],
      batchId: `${batchId}${snapshot.version}`,
      nowMs: NOW_MS,
      commitInfo: { operation: 'WRITE', isBlindAppend: true },
    });
    if (result.kind !== 'committed') throw new Error(result.kind);
    snapshot = result.snapshot;
  }
  await writeCheckpoint(table.io, snapshot, NOW_MS);
  [0, 1, 2].forEach((v) => utimesSync(join(table.folder, logEntryPath(BigInt(v))), 1_000 + v, 1_000 + v));
  folder = mkdtempSync(join(tmpdir(), 'headwater-odd-'));
  const odd = join(folder, 'la ke[1]', "day=1*?%41'#x");
  cpSync(table.folder, odd, { recursive: true, preserveTimestamps: true });
  table.finish();
  url = pathToFileURL(odd).href;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rows(options: Parameters<typeof tableRows>[1] = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of tableRows(url, options)) lines.push(...batch);
  return lines;
}

describe('table rows', () => {
  it('[D21] writes every kind of value as documented, in a folder with every odd character', async () => {
    const lines = (await rows({ version: 1n })).sort();
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/rows.jsonl');
    lines.forEach((line) => void JSON.parse(line));
  });

  it('reads another version, another time, and no more rows than asked for', async () => {
    expect(await rows()).toHaveLength(4);
    expect(await rows({ version: 0n })).toHaveLength(0);
    expect(await rows({ timestampMs: 1_001_000 })).toHaveLength(3);
    expect(await rows({ limit: 2 })).toHaveLength(2);
    expect(await rows({ limit: 0 })).toHaveLength(0);
  });

  it('a file that is gone is an error that names it, not fewer rows', async () => {
    const broken = join(folder, 'broken');
    cpSync(new URL(url), broken, { recursive: true });
    rmSync(join(broken, 'p=a%2Fb%3Dc %5B%2A%3F%5D %2541 %27%22'), { recursive: true });
    const read = async () => {
      for await (const batch of tableRows(broken)) expect(batch).toEqual([]);
    };
    await expect(read()).rejects.toThrow(/Data file .* cannot be read/);
  });
});

describe('table show', () => {
  it('describes the table as its log does', async () => {
    const shown = await showTable(url);
    const stable = { ...shown, url: 'URL', bytes: typeof shown.bytes };
    await expect(`${JSON.stringify(stable, null, 2)}\n`).toMatchFileSnapshot('golden/show.json');
  });

  it('a place without a table is an error that says so', async () => {
    await expect(showTable(join(folder, 'nothing'))).rejects.toThrow(
      /There is no Delta table at file:.*nothing/,
    );
    await expect(showTable(url, { version: 7n })).rejects.toThrow(/has no version 7; its latest is 2/);
  });
});
