import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyOut, createRecordSetBuffers } from './record-set-buffers.ts';

const LARGE = 1 << 20;

test('memory that was given back is used again, and never by two record sets at once', () => {
  const buffers = createRecordSetBuffers();
  const first = buffers.take(LARGE);
  buffers.release(first);
  buffers.release(first);
  const second = buffers.take(LARGE - 10);
  const third = buffers.take(LARGE - 10);
  expect(second.buffer).toBe(first.buffer);
  expect(third.buffer).not.toBe(first.buffer);
  expect(second).toHaveLength(LARGE - 10);
  expect(second.byteOffset).toBe(0);
});

test('a buffer that went to another thread is not kept until it comes back', () => {
  const buffers = createRecordSetBuffers();
  const taken = buffers.take(LARGE);
  const moved = structuredClone(taken.buffer, { transfer: [taken.buffer] });
  buffers.release(taken);
  expect(buffers.take(LARGE).buffer).not.toBe(moved);
  buffers.release(new Uint8Array(moved));
  expect(buffers.take(LARGE).buffer).toBe(moved);
});

test('small record sets and views into foreign memory are never kept', () => {
  const buffers = createRecordSetBuffers();
  const small = buffers.take(100);
  buffers.release(small);
  buffers.release(Buffer.from('abc'));
  expect(buffers.take(100).buffer).not.toBe(small.buffer);
});

test('bytes are copied out of an answer however the socket cut it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }),
      fc.nat(),
      fc.nat(),
      (parts, a, b) => {
        const whole = Buffer.concat(parts);
        const start = whole.length === 0 ? 0 : a % (whole.length + 1);
        const length = whole.length === start ? 0 : b % (whole.length - start + 1);
        const target = new Uint8Array(length);
        copyOut({ buffers: parts.map((part) => Buffer.from(part)) }, start, target);
        expect(Buffer.from(target)).toEqual(whole.subarray(start, start + length));
      },
    ),
  );
});
