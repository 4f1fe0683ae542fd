import { useS3 } from '@headwater/adapter-object-store';
import { s3ServerMissing, startS3Server } from '@headwater/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryBackfill } from './memory-backfill.test-data.ts';
import {
  carryOut,
  planSwapOf,
  planUndoOf,
  readBoth,
  stageAndBackfill,
  staged,
  swapped,
} from './staged-swap.test-data.ts';

const missing = s3ServerMissing();
test.skipIf(missing !== undefined)(
  `[S15] a side table is put in its place and taken back in a bucket${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    const server = await startS3Server();
    onTestFinished(() => server[Symbol.asyncDispose]());
    useS3(server.settings());
    const open = await createMemoryBackfill((_url, store) => store, `s3://${server.bucket}/lake`);
    onTestFinished(() => {
      open.close();
    });
    await stageAndBackfill(open);
    expect(await readBoth(open)).toMatchObject(staged);
    await carryOut(open, await planSwapOf(open));
    expect(await readBoth(open)).toMatchObject(swapped);
    await carryOut(open, await planUndoOf(open));
    expect(await readBoth(open)).toMatchObject(staged);
  },
);
