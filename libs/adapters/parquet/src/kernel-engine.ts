import {
  createBlockPool,
  createColumnarKernel,
  type ColumnarKernel,
  type KernelOptions,
} from '@headwater/columnar-kernel';
import type { BatchInput, PipelineSpec, RecordBatchCodecs, RecordSetEngine } from '@headwater/core-staging';
import { unexpectedError } from '@headwater/kernel';
import type { Database } from './database.ts';
import { openKernelBatch } from './kernel-batch.ts';
import { planKernel } from './kernel-program.ts';
import { createRowsFunction, type RowsFunction } from './kernel-rows.ts';

export interface KernelEngineOptions extends KernelOptions {
  readonly database: Database;
  readonly codecs: RecordBatchCodecs;
  /** Most bytes one record batch may decompress to. */
  readonly recordBatchBytesMax?: number;
}

const RECORD_BATCH_BYTES_MAX = 128 << 20;
/** Kernels kept for the next batch, and how much memory one may have to be kept. */
const IDLE_KERNELS_MAX = 4;
const IDLE_KERNEL_BYTES_MAX = 64 << 20;
const IDLE_BLOCK_BYTES_MAX = 64 << 20;

/**
 * The engine over the columnar kernel: record sets become typed columns in WebAssembly, doubts are judged in TypeScript
 * and join the same columns, DuckDB asks for them chunk by chunk while it writes the file.
 */
export function createKernelEngine(options: KernelEngineOptions): RecordSetEngine {
  const { database, codecs } = options;
  const batchBytesMax = options.recordBatchBytesMax ?? RECORD_BATCH_BYTES_MAX;
  const blocks = createBlockPool(IDLE_BLOCK_BYTES_MAX);
  const kernels = createIdleKernels(options);
  let rowsFunction: RowsFunction | undefined;
  return {
    name: 'kernel',
    why: ({ contract, schemaIds }) => {
      const plan = planKernel(contract, schemaIds);
      return plan.kind === 'unknown' ? plan.why : undefined;
    },
    async beginBatch(input: BatchInput) {
      const kernel = kernels.take(input.pipeline);
      const connection = await database.connect();
      rowsFunction ??= createRowsFunction(connection);
      let isHeld = true;
      try {
        return await openKernelBatch(input, {
          connection,
          rowsFunction,
          kernel,
          codecs,
          blocks,
          batchBytesMax,
          releaseKernel() {
            if (isHeld) kernels.give(input.pipeline, kernel);
            isHeld = false;
          },
          release: () => connection.closeSync(),
        });
      } catch (error) {
        connection.closeSync();
        throw error;
      }
    },
    close: () => Promise.resolve(database.close()),
  };
}

/** Kernels are large and cheap to use again; the oldest go first. */
function createIdleKernels(options: KernelOptions) {
  const idle: { readonly key: string; readonly kernel: ColumnarKernel }[] = [];
  const keyOf = ({ pipelineId, transformHash }: PipelineSpec) => `${pipelineId} ${transformHash}`;
  return {
    take(pipeline: PipelineSpec): ColumnarKernel {
      const found = idle.findIndex(({ key }) => key === keyOf(pipeline));
      const [entry] = found < 0 ? [] : idle.splice(found, 1);
      return entry?.kernel ?? createFor(pipeline);
    },
    give(pipeline: PipelineSpec, kernel: ColumnarKernel): void {
      if (kernel.memoryBytes() > IDLE_KERNEL_BYTES_MAX) return;
      kernel.reset();
      idle.push({ key: keyOf(pipeline), kernel });
      if (idle.length > IDLE_KERNELS_MAX) idle.shift();
    },
  };
  function createFor({ contract, schemaIds }: PipelineSpec): ColumnarKernel {
    const plan = planKernel(contract, schemaIds);
    if (plan.kind === 'program') return createColumnarKernel(plan.program, options);
    throw unexpectedError({
      code: 'HW_STAGING_KERNEL_UNFIT',
      message: `The columnar kernel cannot serve contract ${contract.contractId}: ${plan.why}.`,
      fix: 'Let HEADWATER_ENGINE be auto, which chooses the other engine for it.',
    });
  }
}
