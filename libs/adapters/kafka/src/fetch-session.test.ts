import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AskedPartition } from './fetch-answer.ts';
import {
  afterSessionAnswer,
  afterSessionLoss,
  noFetchSession,
  partitionKey,
  planSessionFetch,
} from './fetch-session.ts';

const asked = (partition: number, offset = 0n): AskedPartition => ({
  topicId: 'a',
  partition,
  leaderEpoch: 3,
  offset,
  lastFetchedEpoch: 2,
  bytesMax: 100,
});
const wanted = (...partitions: AskedPartition[]) =>
  new Map(partitions.map((partition) => [partitionKey(partition), partition]));

/** The broker's side of KIP-227, written from the proposal's text. */
function createBroker() {
  let id = 0;
  let epoch = 0;
  let partitions = new Map<string, AskedPartition>();
  return {
    remembered: () => partitions,
    forget: () => void (id = 0),
    answer(request: ReturnType<typeof planSessionFetch>): { errorCode: number; sessionId: number } {
      if (request.sessionEpoch === 0) {
        id = id + 1 + request.sessionId;
        epoch = 1;
        partitions = new Map();
      } else if (request.sessionId !== id) return { errorCode: 70, sessionId: 0 };
      else if (request.sessionEpoch !== epoch) return { errorCode: 71, sessionId: 0 };
      else epoch++;
      for (const partition of request.partitions) partitions.set(partitionKey(partition), partition);
      for (const partition of request.forgotten) partitions.delete(partitionKey(partition));
      return { errorCode: 0, sessionId: id };
    },
  };
}

test('a session that did not change asks for nothing by name, however many partitions it holds', () => {
  const all = wanted(...Array.from({ length: 500 }, (_, partition) => asked(partition)));
  const session = afterSessionAnswer(noFetchSession, 7, all);
  const again = planSessionFetch(session, new Map(all));
  expect(again).toEqual({ sessionId: 7, sessionEpoch: 1, partitions: [], forgotten: [] });
});

test('only what moved, came or went is named', () => {
  const session = afterSessionAnswer(noFetchSession, 7, wanted(asked(0), asked(1), asked(2)));
  const plan = planSessionFetch(session, wanted(asked(0), asked(1, 5n), asked(3)));
  expect(plan.partitions).toEqual([asked(1, 5n), asked(3)]);
  expect(plan.forgotten).toEqual([asked(2)]);
});

test('a broker without room for a session is asked for everything each time', () => {
  const all = wanted(asked(0));
  const session = afterSessionAnswer(noFetchSession, 0, all);
  expect(planSessionFetch(session, all)).toMatchObject({
    sessionId: 0,
    sessionEpoch: 0,
    partitions: [asked(0)],
  });
});

test('whatever changes, and whenever the broker forgets, both sides agree after each answer', () => {
  const step = fc.record({
    offsets: fc.dictionary(fc.constantFrom('0', '1', '2', '3'), fc.bigInt({ min: 0n, max: 3n })),
    isForgotten: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const broker = createBroker();
      let session = noFetchSession;
      for (const { offsets, isForgotten } of steps) {
        if (isForgotten) broker.forget();
        const now = wanted(
          ...Object.entries(offsets).map(([partition, offset]) => asked(Number(partition), offset)),
        );
        for (let attempt = 0; ; attempt++) {
          expect(attempt).toBeLessThan(2);
          const answer = broker.answer(planSessionFetch(session, now));
          if (answer.errorCode === 0) {
            session = afterSessionAnswer(session, answer.sessionId, now);
            break;
          }
          session = afterSessionLoss(session, answer.errorCode !== 70);
        }
        expect(broker.remembered()).toEqual(now);
      }
    }),
  );
});
