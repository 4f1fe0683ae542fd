import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerTooLarge, BytesBeyondAnswer, createAnswerReader } from './answer-reader.ts';
import type { AnswerReader } from './answer-reader.ts';
import { createRecordSetBuffers } from './record-set-buffers.ts';

const seeded = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + seed) & 0xff);

function onTheWire(body: Uint8Array): Uint8Array {
  const framed = new Uint8Array(4 + body.length);
  new DataView(framed.buffer).setInt32(0, body.length);
  framed.set(body, 4);
  return framed;
}

/** Reads as a socket does: at most what fits into the target. */
function feed(reader: AnswerReader, wire: Uint8Array, readsOf: () => number = () => Infinity): void {
  for (let at = 0; at < wire.length;) {
    const target = reader.target();
    const length = Math.min(readsOf(), target.length, wire.length - at);
    target.set(wire.subarray(at, at + length));
    reader.advance(length);
    at += length;
  }
}

test('answers of any size come out whole however the socket cuts them', () => {
  const sizes = fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 16_370, max: 16_390 }),
    fc.integer({ min: 60_000, max: 70_000 }),
  );
  fc.assert(
    fc.property(
      fc.array(sizes, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 30_000 })),
      (lengths, cuts) => {
        const answers: Uint8Array[] = [];
        const reader = createAnswerReader({
          buffers: createRecordSetBuffers(),
          onAnswer: (body) => answers.push(body.slice()),
        });
        const bodies = lengths.map((length, index) => seeded(length, index));
        // A peer sends the next answer when it is asked.
        for (const [index, body] of bodies.entries()) {
          feed(reader, onTheWire(body), () => (cuts.next() as IteratorYieldResult<number>).value);
          expect(answers.length).toBe(index + 1);
          expect(Buffer.compare(answers[index]!, body)).toBe(0);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('the same memory serves one large answer after another', () => {
  const buffers = createRecordSetBuffers();
  const memory = new Set<ArrayBufferLike>();
  const reader = createAnswerReader({ buffers, onAnswer: (body) => memory.add(body.buffer) });
  for (let turn = 0; turn < 5; turn++) feed(reader, onTheWire(seeded(300_000, turn)));
  expect(memory.size).toBe(1);
});

test.each([
  ['a TLS alert', [0x15, 3, 3, 0]],
  ['an HTTP answer', [0x48, 0x54, 0x54, 0x50]],
  ['a negative size', [0xff, 0xff, 0xff, 0xff]],
])('%s is no size: nothing is allocated for it', (_name, firstBytes) => {
  const reader = createAnswerReader({ buffers: createRecordSetBuffers(), onAnswer: () => undefined });
  reader.target().set(firstBytes);
  expect(() => {
    reader.advance(4);
  }).toThrow(AnswerTooLarge);
});

test.each([0, 1, 40, 16_000])(
  'an answer of %i bytes with another behind it is no answer at all',
  (length) => {
    const answers: Uint8Array[] = [];
    const reader = createAnswerReader({
      buffers: createRecordSetBuffers(),
      onAnswer: (body) => answers.push(body.slice()),
    });
    const two = [onTheWire(seeded(length, 1)), onTheWire(seeded(3, 2))];
    expect(() => {
      feed(reader, new Uint8Array(Buffer.concat(two)));
    }).toThrow(BytesBeyondAnswer);
    expect(answers).toEqual([]);
  },
);
