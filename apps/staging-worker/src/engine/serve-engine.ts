import type { RecordSetBatch, RecordSetEngine } from '@headwater/core-staging';
import type { MessagePort } from 'node:worker_threads';
import type { EngineAnswer, EngineEnd, EngineRequest } from './engine-messages.ts';
import { toProblem } from './engine-problem.ts';

/** Answers the requests of the main thread with the engine: the steps of one batch in order, batches beside each other. */
export function serveEngine(port: MessagePort, engine: RecordSetEngine): void {
  const batches = new Map<number, { batch: RecordSetBatch | undefined; last: Promise<void> }>();
  const end = async (): Promise<void> => {
    await Promise.all([...batches.values()].map(({ last }) => last));
    for (const { batch } of batches.values()) await batch?.discard().catch(() => undefined);
    await engine.close();
    port.close();
  };
  port.on('message', (request: EngineRequest | EngineEnd) => {
    if (request.verb === 'end') return void end();
    const entry = batches.get(request.batch) ?? { batch: undefined, last: Promise.resolve() };
    batches.set(request.batch, entry);
    entry.last = entry.last.then(async () => {
      const answer = await answerRequest(request, entry);
      if (request.verb === 'discard') batches.delete(request.batch);
      port.postMessage(answer, answer.buffer === undefined ? [] : [answer.buffer]);
    });
  });

  const answerRequest = async (
    request: EngineRequest,
    entry: { batch: RecordSetBatch | undefined },
  ): Promise<EngineAnswer> => {
    const { id } = request;
    const buffer = request.verb === 'add' ? { buffer: request.buffer } : {};
    try {
      if (request.verb === 'begin') entry.batch = await engine.beginBatch(request.input);
      const done = await runStep(request, entry.batch);
      return { kind: 'done', id, bufferedBytes: entry.batch?.bufferedBytes() ?? 0, ...buffer, ...done };
    } catch (error) {
      return { kind: 'failed', id, bufferedBytes: 0, ...buffer, problem: toProblem(error) };
    }
  };
}

async function runStep(request: EngineRequest, batch: RecordSetBatch | undefined) {
  if (batch === undefined) {
    if (request.verb === 'discard') return {};
    throw new Error(`invariant broken: ${request.verb} of a batch that was not begun`);
  }
  switch (request.verb) {
    case 'begin':
      return {};
    case 'add': {
      const recordSet = new Uint8Array(request.buffer, 0, request.length);
      return { report: await batch.add({ ...request.input, recordSet }) };
    }
    case 'land':
      return { outputs: await batch.land(request.scratchFolder) };
    case 'discard':
      await batch.discard();
      return {};
  }
}
