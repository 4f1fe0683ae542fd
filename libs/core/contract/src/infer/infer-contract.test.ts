import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column } from '../compiled-contract.ts';
import { createRecordJudge } from '../judge/record-judge.ts';
import { encodeUtf8 } from '../judge/text.ts';
import { lintContract } from '../lint/lint-contract.ts';
import { inferContract } from './infer-contract.ts';
import type { InferredContract } from './infer-contract.ts';
import { SAMPLE_RECORDS_MAX, splitSample, toSample } from './sample-records.ts';

const FACTS = { domain: 'ads', name: 'ad-events', owner: 'ads-platform' };

function infer(lines: readonly string[]): InferredContract {
  const result = inferContract(toSample(lines), FACTS);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const records = (count: number, make: (i: number) => object): readonly string[] =>
  Array.from({ length: count }, (_, i) => JSON.stringify(make(i)));
const column = (inferred: InferredContract, name: string): Column =>
  inferred.compiled.columns.find((each) => each.source === name)!;
const evidence = (inferred: InferredContract, path: string): string =>
  inferred.evidence.find((each) => each.path === path)?.text ?? '';

const golden = (name: string): string => join(dirname(fileURLToPath(import.meta.url)), 'golden', name);

describe('[C16] a contract inferred from a sample', () => {
  const adEvents = records(60, (i) => ({
    event_id: `581ce1ff-0e4a-4394-89bc-585a2448${1000 + i}`,
    timestamp: i === 17 ? 'yesterday' : `2026-11-21T09:${String(i).padStart(2, '0')}:00.123Z`,
    user_id: `u${i % 40}`,
    device: ['mobile', 'desktop', 'tablet'][i % 3],
    revenue: i % 4 === 0 ? 0 : i / 8,
    received: 1_795_251_791_000 + i,
    receivedAt: 1_795_251_791_000 + i,
    geo: { lat: 37 + (i % 2), city: '서울' },
    tags: i % 2 === 0 ? [] : [`t${i}`],
    ...(i % 5 === 0 ? {} : { campaign: `c-${i}` }),
    note: null,
    'page views': i,
  }));

  test('reads as its golden file', async () => {
    await expect(infer(adEvents).text).toMatchFileSnapshot(golden('ad-events.odcs.yaml'));
  });

  test('has types, required, key, event time, erasure key and closed sets', () => {
    const inferred = infer(adEvents);
    expect(inferred.compiled).toMatchObject({
      keyColumns: ['event_id'],
      eventTimeColumn: 'timestamp',
      erasureKeyColumn: 'user_id',
    });
    expect(column(inferred, 'timestamp')).toMatchObject({
      type: { kind: 'timestamp' },
      time: 'iso8601',
      required: true,
    });
    expect(column(inferred, 'receivedAt')).toMatchObject({
      type: { kind: 'timestamp' },
      time: 'epochMillis',
    });
    expect(column(inferred, 'received').type).toEqual({ kind: 'integer', bits: 64 });
    expect(column(inferred, 'revenue').type).toEqual({ kind: 'double' });
    expect(column(inferred, 'device').rules).toEqual([
      { rule: 'enum', values: ['desktop', 'mobile', 'tablet'] },
    ]);
    expect(column(inferred, 'campaign').required).toBe(false);
    expect(column(inferred, 'note').type).toEqual({ kind: 'json' });
    expect(column(inferred, 'page views').name).toBe('page_views');
    expect(column(inferred, 'geo').type).toMatchObject({
      kind: 'struct',
      fields: [
        { name: 'lat', type: { kind: 'double' } },
        { name: 'city', type: { kind: 'string' } },
      ],
    });
  });

  test('names the evidence and the records that are unlike the others', () => {
    const inferred = infer([...adEvents, '{"a":1,"a":2}', 'not json']);
    expect(evidence(inferred, 'timestamp')).toContain('59 of 60 values parse as RFC 3339');
    expect(inferred.refused.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '18 timestamp',
      '61 duplicate-key',
      '62 invalid-json',
    ]);
  });

  test('can be onboarded: lint finds no error', () => {
    expect(lintContract(infer(adEvents).text).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('is the same for the same sample', () => {
    expect(infer(adEvents).text).toBe(infer(adEvents).text);
  });

  test.each<[string, readonly unknown[], object]>([
    [
      'integers beyond 2^53 stay exact',
      ['9007199254740993', '1'].map(raw),
      { type: { kind: 'integer', bits: 64 } },
    ],
    [
      'integers beyond 64 bits become decimals',
      ['92233720368547758070', '1'].map(raw),
      { type: { kind: 'decimal', precision: 38, scale: 0 } },
    ],
    [
      'numbers with more digits than a double become decimals',
      ['0.12345678901234567890', '1.5'].map(raw),
      { type: { kind: 'decimal', precision: 38, scale: 19 } },
    ],
    [
      'numbers with more than 38 digits are kept as JSON',
      ['0.1', `1${'0'.repeat(30)}.${'1'.repeat(30)}`].map(raw),
      { type: { kind: 'json' } },
    ],
    ['mixed kinds are kept as JSON', [1, 'a', 2, 'b'], { type: { kind: 'json' } }],
    ['integers and fractions are numbers', [1, 2.5], { type: { kind: 'double' } }],
    [
      'local times have no zone',
      ['2026-11-21T09:00:00', '2026-11-21T10:00:00'],
      { type: { kind: 'timestampNtz' } },
    ],
    ['dates', ['2026-11-21', '2024-02-29'], { type: { kind: 'date' } }],
    ['a date that does not exist makes it text', ['2026-11-21', '2026-02-29'], { type: { kind: 'string' } }],
    ['booleans', [true, false, null], { type: { kind: 'boolean' }, required: false }],
    ['an empty object', [{}, {}], { type: { kind: 'json' }, required: true }],
    ['empty arrays', [[], []], { type: { kind: 'json' } }],
    [
      'arrays with nulls',
      [[1, null], [2]],
      { type: { kind: 'array', element: expect.objectContaining({ required: false }) } },
    ],
  ])('%s', (_case, values, expected) => {
    const lines = values.map((value) => `{"v":${value instanceof Raw ? value.text : JSON.stringify(value)}}`);
    const inferred = infer(lines);
    expect(column(inferred, 'v')).toMatchObject(expected);
    expect(inferred.refused).toEqual([]);
  });

  test.each([
    ['email', ['a@b.kr', 'c@d.com'], true],
    ['contact', ['a@b.kr', 'c@d.com'], true],
    ['휴대폰', ['010-1234-5678', '01012345678'], true],
    ['x', ['010-1234-5678', '+82 10 1234 5678'], true],
    ['주민등록번호', ['900101-1234567', '851231-2345678'], true],
    ['y', ['900101-1234567', '851231-2345678'], true],
    ['이름', ['홍길동', '김철수'], false],
    ['userId', ['1', '2'], true],
    ['client_ip', ['10.0.0.1', '10.0.0.2'], false],
    ['z', ['2001:db8::1', '2001:db8::2'], false],
    ['card', ['4111 1111 1111 1111', '5500005555555559'], true],
    ['birth_date', ['1990-01-01', '1985-12-31'], false],
  ])(
    '%s is found to be personal; it is the erasure key when it names one person',
    (name, values, namesAPerson) => {
      const inferred = infer(values.map((value) => JSON.stringify({ [name]: value })));
      expect(column(inferred, name)).toMatchObject({ personal: true, classification: 'personal' });
      expect(inferred.compiled.erasureKeyColumn).toBe(namesAPerson ? column(inferred, name).name : undefined);
    },
  );

  test.each([
    'name',
    'title',
    'description',
    'shipping',
    'trip',
    'model_id',
    'campaign_name',
    'telemetry',
    'mission',
    'ship',
  ])('%s is not taken for personal', (name) => {
    expect(column(infer(['a', 'b'].map((value) => JSON.stringify({ [name]: value }))), name).personal).toBe(
      false,
    );
  });

  test('takes every record it does not name as refused, whatever the sample', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const sample = fc.array(
      fc.dictionary(fc.constantFrom('a', 'b', 'c d', '_offset', 'A'), value, { maxKeys: 5 }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(sample, (objects) => {
        fc.pre(objects.some((object) => Object.keys(object).length > 0));
        const lines = objects.map((object) => JSON.stringify(object));
        const inferred = infer(lines);
        const refused = new Set(inferred.refused.map(({ line }) => line));
        const judge = createRecordJudge(inferred.compiled);
        for (const [i, line] of lines.entries())
          expect(judge(encodeUtf8(line)).accepted).toBe(!refused.has(i + 1));
        const isReadable = (line: string): boolean => !line.includes('\\u0000') && !/\\ud[89a-f]/i.test(line);
        if (lines.length < 20)
          expect(lines.filter((line, i) => isReadable(line) && refused.has(i + 1))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('[C17] samples are bounded and split as people have them', () => {
  test('JSON lines with blank lines and Windows ends keep their line numbers', () => {
    expect(splitSample('\uFEFF{"a":1}\r\n\r\n{"a":2}\n').records).toEqual([
      { text: '{"a":1}', line: 1 },
      { text: '{"a":2}', line: 3 },
    ]);
  });

  test('a JSON array gives its elements', () => {
    expect(splitSample('[\n {"a": 1},\n {"a":\n 2}]').records).toEqual([
      { text: '{"a": 1}', line: 2 },
      { text: '{"a":\n 2}', line: 3 },
    ]);
  });

  test('more records than the bound are not read, and the result says so', () => {
    const sample = toSample(Array.from({ length: SAMPLE_RECORDS_MAX + 1 }, () => '{"a":1}'));
    expect(sample).toMatchObject({ isCut: true });
    expect(sample.records).toHaveLength(SAMPLE_RECORDS_MAX);
  });

  test.each([
    ['nothing', '', 'the sample is empty'],
    ['no object', '1\n[2]', 'line 1 is no record (not-an-object)'],
    ['empty objects', '{}\n{}', 'the records of the sample have no members'],
    ['an array cut short', '[{"a":1', 'line 1 is no record (invalid-json)'],
  ])('%s is refused with the reason', (_case, text, message) => {
    const result = inferContract(splitSample(text), FACTS);
    expect(result.ok ? '' : result.error[0]!.message).toContain(message);
  });
});

describe('[C18] public data sets', () => {
  const folder = fileURLToPath(new URL('../../../../../node_modules/vega-datasets', import.meta.url));
  test.each<[string, Record<string, string>, number]>([
    ['flights-2k', { date: 'string', delay: 'integer', distance: 'integer', origin: 'string' }, 0],
    [
      'cars',
      { Name: 'string', Miles_per_Gallon: 'double', Cylinders: 'integer', Year: 'date', Origin: 'string' },
      0,
    ],
    [
      'movies',
      { Title: 'string', 'US Gross': 'integer', 'IMDB Rating': 'double', 'MPAA Rating': 'string' },
      9,
    ],
    ['penguins', { Species: 'string', 'Body Mass (g)': 'integer', 'Beak Length (mm)': 'double' }, 0],
    ['weekly-weather', {}, 0],
    ['countries', { year: 'integer', fertility: 'double', country: 'string' }, 0],
  ])('%s gets the right types', (name, kinds, refused) => {
    const text = readFileSync(join(folder, 'data', `${name}.json`), 'utf8');
    const result = inferContract(splitSample(text), { domain: 'vega', name });
    if (!result.ok) throw new Error(result.error[0]!.message);
    const found = Object.fromEntries(
      result.value.compiled.columns.map((each) => [each.source, each.type.kind]),
    );
    expect(found).toMatchObject(kinds);
    expect(result.value.refused).toHaveLength(refused);
  });
});

class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
function raw(text: string): Raw {
  return new Raw(text);
}
