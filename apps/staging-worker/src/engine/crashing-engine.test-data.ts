import type { RecordSetEngine } from '@headwater/core-staging';
import { parentPort } from 'node:worker_threads';
import { serveEngine } from './serve-engine.ts';

/** A thread whose engine does what the topic of the batch says: `exit`, `throw` outside of any answer, or answers. */
const engine: RecordSetEngine = {
  name: 'crashing',
  beginBatch: ({ pipeline }) =>
    Promise.resolve({
      add: ({ to }) => {
        if (pipeline.topic === 'exit') process.exit(7);
        if (pipeline.topic === 'throw') {
          setImmediate(() => {
            throw new Error('out of its mind');
          });
          return new Promise(() => undefined);
        }
        const nothing = { records: 0n, tombstones: 0n, control: 0n, aborted: 0n, absent: 0n };
        return Promise.resolve({ ...nothing, nextOffset: to });
      },
      bufferedBytes: () => 11,
      land: () => Promise.reject(new Error('nothing lands here')),
      discard: () => Promise.resolve(),
    }),
  close: () => Promise.resolve(),
};
serveEngine(parentPort!, engine);
