import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactNumber, formatLogJson, parseLogJson } from './log-json.ts';

describe('[D1] the log codec loses no digit', () => {
  it('keeps integers beyond 2^53 and decimals of 38 digits', () => {
    const text =
      '{"a":9007199254740993,"b":-9223372036854775808,"c":12345678901234567890123456789.123456789,"d":0.1,"e":5}';
    expect(formatLogJson(parseLogJson(text))).toBe(text);
    expect(parseLogJson(text)).toMatchObject({ a: 9007199254740993n, d: 0.1, e: 5 });
  });

  it('keeps any 64 bit integer and any decimal text', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.stringMatching(/^[1-9]\d{0,18}\.\d{0,18}[1-9]$/),
        (integer, decimal) => {
          const text = `{"i":${integer},"d":${decimal}}`;
          expect(formatLogJson(parseLogJson(text))).toBe(text);
        },
      ),
    );
  });

  it('reads every plain JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const digitsFit = !/[0-9.]{16}|e[+-]?\d{3}/i.test(text);
        if (digitsFit) expect(parseLogJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('writes exact numbers as they are', () => {
    expect(formatLogJson({ max: exactNumber('1.50') })).toBe('{"max":1.50}');
  });

  it('keeps a text in about as many bytes as it has characters, however hot the parser is', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heapUsed = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const parse = (index: number) =>
      parseLogJson(`{"size":12345678901234567890,"stats":"${'x'.repeat(600)}${index}"}`);
    for (let index = 0; index < 20_000; index++) parse(index);
    const before = heapUsed();
    const kept = Array.from({ length: 2_000 }, (_, index) => parse(index));
    expect((heapUsed() - before) / kept.length).toBeLessThan(2_000);
  });
});
