import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLogPath, fileKey, locateFile } from './file-path.ts';

describe('[D7] paths in the log', () => {
  it('come back as the path that was encoded', () => {
    const segment = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/^[./]|\//.test(text));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), (segments) => {
        const path = `d/${segments.join('/')}`;
        const encoded = encodeLogPath(path);
        expect(encoded).toMatch(/^[\x21-\x7e]+$/);
        expect(locateFile(encoded)).toEqual({ kind: 'relative', path });
      }),
    );
  });

  it('encode a hive folder that is encoded once already a second time', () => {
    expect(encodeLogPath('c=a%3Ab/part-1.parquet')).toBe('c=a%253Ab/part-1.parquet');
  });

  it.each([
    ['/a/b', 'file:///a/b'],
    ['file:/a/b', 'file:///a/b'],
    ['file:///a/b', 'file:///a/b'],
    ['/with%20space/p@%23h', 'file:///with space/p@#h'],
    ['s3://bucket/a%20b', 's3://bucket/a b'],
    ['part-1.parquet', 'part-1.parquet'],
    ['./part-1.parquet', 'part-1.parquet'],
    ['k=100%/x', 'k=100%/x'],
  ])('%s is the file %s', (logPath, key) => {
    expect(fileKey(logPath)).toBe(key);
  });
});
