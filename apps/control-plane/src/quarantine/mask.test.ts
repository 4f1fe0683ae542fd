import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskBytes, showBytes } from './mask.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('the shape stays, so that one sees where a text is broken', () => {
  expect(maskBytes(bytes('{"name": "Ada Lovelace", "born": 1815,, "city": "서울"}'))).toBe(
    '{"xxxx": "xxx xxxxxxxx", "xxxx": 9999,, "xxxx": "xx"}',
  );
});

test('no letter and no digit of the value is left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
      expect(maskBytes(bytes(text))).not.toMatch(/[^x\P{L}]|[^9\P{N}]/u);
    }),
  );
});

test('bytes that are no text are shown as their length, and revealed as base64', () => {
  const broken = new Uint8Array([0xff, 0xfe, 0x41]);
  expect(maskBytes(broken)).toBe('3 bytes that are not UTF-8');
  expect(showBytes(broken)).toBe('base64://5B');
});

test('a long value is cut', () => {
  expect(maskBytes(bytes('a'.repeat(10_000)))?.length).toBe(4_097);
});
