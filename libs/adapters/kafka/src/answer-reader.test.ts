import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerTooLarge, createAnswerReader } from './answer-reader.ts';
import { createRecordSetBuffers } from './record-set-buffers.ts';

const seeded = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + seed) & 0xff);

function onTheWire(bodies: readonly Uint8Array[]): Uint8Array {
  const parts = bodies.map((body) => {
    const framed = new Uint8Array(4 + body.length);
    new DataView(framed.buffer).setInt32(0, body.length);
    framed.set(body, 4);
    return framed;
  });
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Reads as a socket does: at most what fits into the target. */
function feed(wire: Uint8Array, readsOf: (room: number) => number): Uint8Array[] {
  const answers: Uint8Array[] = [];
  const reader = createAnswerReader({
    buffers: createRecordSetBuffers(),
    onAnswer: (body) => answers.push(body.slice()),
  });
  for (let at = 0; at < wire.length;) {
    const target = reader.target();
    // One answer at a time: a peer sends the next one when it is asked.
    const length = Math.min(readsOf(target.length), target.length, wire.length - at);
    target.set(wire.subarray(at, at + length));
    reader.advance(length);
    at += length;
  }
  return answers;
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
        const bodies = lengths.map((length, index) => seeded(length, index));
        for (const body of bodies) {
          const [answer, ...more] = feed(onTheWire([body]), () => cuts.next().value);
          expect(more).toEqual([]);
          expect(Buffer.compare(answer!, body)).toBe(0);
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
  for (let turn = 0; turn < 5; turn++) {
    const wire = onTheWire([seeded(300_000, turn)]);
    for (let at = 0; at < wire.length;) {
      const target = reader.target();
      const length = Math.min(target.length, wire.length - at);
      target.set(wire.subarray(at, at + length));
      reader.advance(length);
      at += length;
    }
  }
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
