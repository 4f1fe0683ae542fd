import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import { loadSnapshot } from '@headwater/core-delta';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpointFiles, openDatabase, readTableRows, type Database } from './index.ts';

let database: Database;
let folder: string;

beforeAll(async () => {
  database = await openDatabase({ threads: 2, memoryMiB: 512 });
});
afterAll(() => database.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-read-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Json = Record<string, unknown>;
const column = (name: string, type: unknown, metadata: Json = {}) => ({
  name,
  type,
  nullable: true,
  metadata,
});
const struct = (...fields: Json[]) => ({ type: 'struct', fields });
const mapped = (name: string, type: unknown, id: number, metadata: Json = {}) =>
  column(name, type, {
    'delta.columnMapping.id': id,
    'delta.columnMapping.physicalName': `col-${id}`,
    ...metadata,
  });

/** A log written by hand, as another engine would. */
function writeLog(
  schema: Json,
  adds: Json[],
  more: { features?: string[]; configuration?: Json; partitionColumns?: string[] } = {},
) {
  const { features = [], configuration = {}, partitionColumns = [] } = more;
  const actions = [
    {
      protocol: {
        minReaderVersion: 3,
        minWriterVersion: 7,
        readerFeatures: features,
        writerFeatures: features,
      },
    },
    {
      metaData: {
        id: 'x',
        format: { provider: 'parquet', options: {} },
        schemaString: JSON.stringify(schema),
        partitionColumns,
        configuration,
      },
    },
    ...adds.map((add) => ({
      add: { partitionValues: {}, size: 1, modificationTime: 1, dataChange: true, ...add },
    })),
  ];
  mkdirSync(join(folder, '_delta_log'), { recursive: true });
  const path = join(folder, '_delta_log', `${'0'.repeat(20)}.json`);
  writeFileSync(path, actions.map((action) => `${JSON.stringify(action)}\n`).join(''));
}

async function writeFile(path: string, select: string, options = ''): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  await database.use((connection) =>
    connection.run(`copy (${select}) to '${path}' (format parquet ${options})`),
  );
}

async function readRows(): Promise<unknown[]> {
  const store = await connectObjectStore(folder, 'read');
  const snapshot = await loadSnapshot({ store, checkpointFiles: createCheckpointFiles(database), md5 });
  if (snapshot === undefined) throw new Error('no table');
  const lines: string[] = [];
  const getUrl = (url: string) => Promise.resolve(readFileSync(url.replace('file://', '')));
  for await (const batch of readTableRows({ database, store, getUrl }, snapshot)) lines.push(...batch);
  return lines.sort().map((line) => JSON.parse(line) as unknown);
}

describe('[D20] type widening', () => {
  const changed = (name: string, from: string, to: string) =>
    column(name, to, { 'delta.typeChanges': [{ fromType: from, toType: to }] });

  it('reads files written before each supported change as the wider type', async () => {
    writeLog(
      struct(
        changed('a', 'byte', 'long'),
        changed('b', 'integer', 'double'),
        changed('c', 'float', 'double'),
        changed('d', 'date', 'timestamp_ntz'),
        changed('e', 'decimal(6,2)', 'decimal(20,5)'),
        changed('f', 'integer', 'decimal(12,2)'),
        changed('g', 'long', 'decimal(22,1)'),
        column(
          'h',
          { type: 'array', elementType: 'long', containsNull: true },
          {
            'delta.typeChanges': [{ fromType: 'integer', toType: 'long', fieldPath: 'element' }],
          },
        ),
      ),
      [{ path: 'old.parquet' }, { path: 'new.parquet' }],
      { features: ['typeWidening', 'timestampNtz'] },
    );
    await writeFile(
      join(folder, 'old.parquet'),
      `select '-128'::tinyint a, 7::integer b, 0.1::float c, date '1969-12-31' d, 1.25::decimal(6, 2) e, -3::integer f,
        9223372036854775807::bigint g, [1, null]::integer[] h`,
    );
    await writeFile(
      join(folder, 'new.parquet'),
      `select 9007199254740993::bigint a, 7.5::double b, 0.1::double c, timestamp '2024-01-01 00:00:00.5' d,
        1.23456::decimal(20, 5) e, 0.5::decimal(12, 2) f, 0.5::decimal(22, 1) g, [5000000000]::bigint[] h`,
    );
    expect(await readRows()).toEqual([
      {
        a: '9007199254740993',
        b: 7.5,
        c: 0.1,
        d: '2024-01-01T00:00:00.500000',
        e: '1.23456',
        f: '0.50',
        g: '0.5',
        h: [5_000_000_000],
      },
      {
        a: -128,
        b: 7,
        c: Math.fround(0.1),
        d: '1969-12-31T00:00:00.000000',
        e: '1.25000',
        f: '-3.00',
        g: '9223372036854775807.0',
        h: [1, null],
      },
    ]);
  });

  it('refuses a change that is not known, by column', async () => {
    writeLog(struct(changed('a', 'string', 'integer')), [], { features: ['typeWidening'] });
    await expect(readRows()).rejects.toThrow(/Column a of .* was changed from string to integer/);
  });
});

describe('[D20] column mapping', () => {
  const nested = (mode: string) => ({
    schema: struct(
      mapped('id', 'long', 1),
      mapped('renamed', struct(mapped('x', 'integer', 3), mapped('added', 'string', 4)), 2),
      mapped(
        'list',
        { type: 'array', elementType: struct(mapped('e', 'integer', 6)), containsNull: true },
        5,
      ),
      mapped(
        'map',
        {
          type: 'map',
          keyType: 'string',
          valueType: struct(mapped('v', 'integer', 8)),
          valueContainsNull: true,
        },
        7,
      ),
      mapped('later', 'date', 9),
      mapped('p', 'string', 10),
    ),
    more: {
      features: ['columnMapping'],
      configuration: { 'delta.columnMapping.mode': mode },
      partitionColumns: ['p'],
    },
    adds: [{ path: 'f.parquet', partitionValues: { 'col-10': 'part' } }],
  });
  const expected = [
    {
      id: 1,
      renamed: { x: 7, added: null },
      list: [{ e: 8 }, null],
      map: { k: { v: 9 } },
      later: null,
      p: 'part',
    },
    { id: 2, renamed: null, list: null, map: null, later: null, p: 'part' },
  ];
  const select = (names: readonly [string, string, string, string, string, string, string]) => {
    const [id, s, x, list, e, map, v] = names;
    return `select 1::bigint as "${id}", {'${x}': 7} as "${s}", [{'${e}': 8}, null] as "${list}", map {'k': {'${v}': 9}} as "${map}"
      union all select 2, null, null, null`;
  };

  it('by name: nested columns by their physical names, absent ones as NULL', async () => {
    const table = nested('name');
    writeLog(table.schema, table.adds, table.more);
    await writeFile(
      join(folder, 'f.parquet'),
      select(['col-1', 'col-2', 'col-3', 'col-5', 'col-6', 'col-7', 'col-8']),
    );
    expect(await readRows()).toEqual(expected);
  });

  it('by id: nested columns by field id, whatever they are called in the file', async () => {
    const table = nested('id');
    writeLog(table.schema, table.adds, table.more);
    await writeFile(
      join(folder, 'f.parquet'),
      select(['a', 'b', 'c', 'd', 'e', 'f', 'g']),
      ', field_ids {a: 1, b: {__duckdb_field_id: 2, c: 3}, d: {__duckdb_field_id: 5, element: {e: 6}}, f: {__duckdb_field_id: 7, value: {g: 8}}}',
    );
    expect(await readRows()).toEqual(expected);
  });

  it('the property counts only where the protocol supports it', async () => {
    writeLog(struct(mapped('id', 'long', 1)), [{ path: 'f.parquet' }], {
      configuration: { 'delta.columnMapping.mode': 'name' },
    });
    await writeFile(join(folder, 'f.parquet'), 'select 5::bigint as id');
    expect(await readRows()).toEqual([{ id: 5 }]);
  });
});

describe('[D20] files elsewhere and odd columns', () => {
  it('reads absolute paths in every spelling, and deletion vectors at absolute paths', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'headwater-else where#%41-'));
    const encoded = encodeURI(elsewhere).replaceAll('#', '%23');
    await writeFile(join(elsewhere, 'a.parquet'), 'select i::bigint as id from range(3) r(i)');
    await writeFile(join(elsewhere, 'b.parquet'), 'select i::bigint as id from range(10, 13) r(i)');
    const bitmap = Buffer.alloc(4 + 8 + 4 + 8 + 4 + 4 + 2);
    [1_681_511_377, 1, 0, 0, 12_346, 1].forEach((value, i) => bitmap.writeUInt32LE(value, i * 4));
    bitmap.writeUInt32LE(0, 24);
    bitmap.writeUInt32LE(16, 28);
    bitmap.writeUInt16LE(1, 32);
    const vector = Buffer.alloc(1 + 4 + bitmap.length + 4);
    vector[0] = 1;
    vector.writeUInt32BE(bitmap.length, 1);
    bitmap.copy(vector, 5);
    vector.writeUInt32BE(crc32(bitmap), 5 + bitmap.length);
    writeFileSync(join(elsewhere, 'dv.bin'), vector);
    writeLog(
      struct(column('id', 'long')),
      [
        { path: `${encoded}/a.parquet` },
        {
          path: `file://${encoded}/b.parquet`,
          deletionVector: {
            storageType: 'p',
            pathOrInlineDv: `file:${encoded}/dv.bin`,
            offset: 1,
            sizeInBytes: bitmap.length,
            cardinality: 1,
          },
        },
      ],
      { features: ['deletionVectors'] },
    );
    expect(await readRows()).toEqual([{ id: 0 }, { id: 10 }, { id: 12 }, { id: 1 }, { id: 2 }]);
    rmSync(elsewhere, { recursive: true });
  });

  it('columns that a file does not have are NULL, void columns always, names are found in another case', async () => {
    writeLog(
      struct(
        column('Id', 'long'),
        column('gone', struct(column('x', 'long'))),
        column('nothing', 'void'),
        column('s', struct(column('kept', 'long'), column('added', 'timestamp'))),
      ),
      [{ path: 'f.parquet' }],
    );
    await writeFile(
      join(folder, 'f.parquet'),
      "select 1::bigint as ID, {'kept': 2::bigint} as s, 3 as unknown",
    );
    expect(await readRows()).toEqual([{ Id: 1, gone: null, nothing: null, s: { kept: 2, added: null } }]);
  });

  it('a column named like the helper columns of the reader is a column', async () => {
    writeLog(struct(column('file_row_number', 'long'), column('filename', 'string')), [
      { path: 'f.parquet' },
    ]);
    await writeFile(join(folder, 'f.parquet'), "select 7::bigint as file_row_number, 'x' as filename");
    expect(await readRows()).toEqual([{ file_row_number: 7, filename: 'x' }]);
  });

  it.each(['variantType', 'catalogManaged', 'aFeatureOfTomorrow'])(
    'feature %s is refused by name',
    async (feature) => {
      writeLog(struct(column('id', 'long')), [], { features: [feature] });
      await expect(readRows()).rejects.toThrow(`the reader feature "${feature}"`);
    },
  );

  it('a partition value that is no value of its type is an error that names the file', async () => {
    writeLog(
      struct(column('id', 'long'), column('p', 'date')),
      [{ path: 'f.parquet', partitionValues: { p: '2024-99-01' } }],
      {
        partitionColumns: ['p'],
      },
    );
    await expect(readRows()).rejects.toThrow(
      /File f\.parquet .* partition column p: "2024-99-01" is no date/,
    );
  });
});
