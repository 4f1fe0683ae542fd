// Entry of an engine thread. docs/specs/staging.md, "The engine seam".
import { recordBatchCodecs } from '@headwater/adapter-record-codecs';
import { createChosenEngine, openDatabase } from '@headwater/adapter-parquet';
import { parentPort, workerData } from 'node:worker_threads';
import type { EngineThreadData } from './engine-messages.ts';
import { serveEngine } from './serve-engine.ts';

const { choice, memoryMiB, spillFolder } = workerData as EngineThreadData;
// One thread inside DuckDB: a COPY runs on the thread that waits for it, beside the one that judges.
const database = await openDatabase({ threads: 1, memoryMiB, spillFolder });
serveEngine(parentPort!, createChosenEngine(choice, { database, codecs: recordBatchCodecs }));
