import { describe, expect, it } from 'vitest';
import { looksLikeCsv, splitCsv } from './csv-sample.ts';
import { splitSample } from './sample-records.ts';

const texts = (file: string): readonly string[] => splitCsv(file).records.map(({ text }) => text);

describe('a sample of separated values', () => {
  it('becomes JSON records: numbers, booleans and text by column, empty cells absent', () => {
    expect(texts('id,price,ok,note\n1,.5,TRUE,a\n2,,false,"b,""c"""\n')).toEqual([
      '{"id":1,"price":0.5,"ok":true,"note":"a"}',
      '{"id":2,"ok":false,"note":"b,\\"c\\""}',
    ]);
  });

  it('keeps codes with leading zeros as text, in every row', () => {
    expect(texts('zip\n00501\n10001\n')).toEqual(['{"zip":"00501"}', '{"zip":"10001"}']);
  });

  it('takes a column of which one value in fifty is no number for numbers, and keeps that value', () => {
    const rows = Array.from({ length: 60 }, (_, i) => (i === 7 ? 'x' : String(i)));
    const records = texts(`n\n${rows.join('\n')}\n`);
    expect(records[6]).toBe('{"n":6}');
    expect(records[7]).toBe('{"n":"x"}');
  });

  it.each([
    ['tab', 'a\tb\n1\t2\n'],
    ['semicolon', 'a;b\r\n1;2\r\n'],
    ['bar', 'a|b\n1|2'],
  ])('finds the delimiter: %s', (_, file) => {
    expect(texts(file)).toEqual(['{"a":1,"b":2}']);
  });

  it('names columns that have no name of their own, and tells the line of each record', () => {
    const { records } = splitCsv('a,a,\n"x\ny",1,2\nz,3,4\n');
    expect(records).toEqual([
      { text: '{"a":"x\\ny","a_2":1,"column_3":2}', line: 2 },
      { text: '{"a":"z","a_2":3,"column_3":4}', line: 4 },
    ]);
  });

  it('ends for any text', () => {
    for (const text of ['', '\n', '"', 'a,b\n"', '\r', 'a\n\n\n', ',,,\n,,,', '\uFEFFa\n1']) {
      expect(() => splitCsv(text)).not.toThrow();
    }
  });

  it('is told from JSON by its first character', () => {
    expect(looksLikeCsv('a,b')).toBe(true);
    expect(looksLikeCsv(' [1]')).toBe(false);
    expect(looksLikeCsv('{"a":1}')).toBe(false);
  });
});

describe('a JSON object that holds the records', () => {
  const features = Array.from({ length: 12 }, (_, i) => `{"id":${i},"name":"feature number ${i}"}`);

  it('is read as the records', () => {
    const file = `{"type":"FeatureCollection","features":[${features.join(',')}]}`;
    expect(splitSample(file).records).toHaveLength(12);
  });

  it('is one record when the list in it is short, or one of two', () => {
    expect(splitSample(`{"order":1,"items":[${features.slice(0, 3).join(',')}]}`).records).toHaveLength(1);
    const list = `[${features.join(',')}]`;
    expect(splitSample(`{"a":${list},"b":${list}}`).records).toHaveLength(1);
  });
});
