import { useS3 } from '@headwater/adapter-object-store';
import { s3ServerMissing, startS3Server } from '@headwater/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { createMemoryBackfill, type MemoryBackfill } from './memory-backfill.test-data.ts';
import { previewSwap, previewUndo } from './preview-swap.ts';
import { runSwap } from './run-swap.ts';
import {
  backfillId,
  readBoth,
  signal,
  stageAndBackfill,
  staged,
  swapped,
  swapRun,
} from './staged-swap.test-data.ts';

const missing = s3ServerMissing();
const context = { work: { fence: 1n }, signal } as never;

async function swap(open: MemoryBackfill): Promise<void> {
  const request = { kind: 'swap', backfillId } as const;
  await runSwap(swapRun(open, await previewSwap(open.world, open.pipeline, request, context)), request);
}

async function undo(open: MemoryBackfill): Promise<void> {
  const request = { kind: 'undo-swap', backfillId } as const;
  await runSwap(swapRun(open, await previewUndo(open.world, open.pipeline, request, context)), request);
}

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
    await swap(open);
    expect(await readBoth(open)).toMatchObject(swapped);
    await undo(open);
    expect(await readBoth(open)).toMatchObject(staged);
  },
);
