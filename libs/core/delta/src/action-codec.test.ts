import { describe, expect, it } from 'vitest';
import { formatLogEntry, parseLogEntry } from './action-codec.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('log entries', () => {
  it('[D1] keeps txn versions and stats text to the last digit', () => {
    const text =
      '{"txn":{"appId":"a","version":9223372036854775807,"lastUpdated":1}}\n' +
      '{"add":{"path":"f","partitionValues":{"p":null},"size":1,"modificationTime":2,"dataChange":true,"stats":"{\\"minValues\\":{\\"x\\":9007199254740993}}"}}\n';
    expect(new TextDecoder().decode(formatLogEntry(parseLogEntry(bytes(text), 'x')))).toBe(text);
  });

  it('[D2] ignores unknown actions and unknown fields', () => {
    const text =
      '{"future":{"x":1}}\n{"protocol":{"minReaderVersion":1,"minWriterVersion":2,"extra":{}}}\n\n{"commitInfo":{"any":[1]}}';
    expect(parseLogEntry(bytes(text), 'x')).toEqual([
      { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
      { commitInfo: { any: [1] } },
    ]);
  });

  it.each([
    ['not JSON', '{"add":', /_delta_log\/0\.json:2: it is not JSON/],
    ['a missing required member', '{"add":{"size":1}}', /0\.json:2 add: member "path" is missing/],
    ['no object', '[1]', /0\.json:2: it is not a JSON object/],
  ])('names file and line of a line with %s', (_name, line, message) => {
    expect(() => parseLogEntry(bytes(`{"x":{}}\n${line}`), '_delta_log/0.json')).toThrow(message);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseLogEntry(new Uint8Array([0x7b, 0xff]), 'x')).toThrow(/it is not UTF-8/);
  });
});
