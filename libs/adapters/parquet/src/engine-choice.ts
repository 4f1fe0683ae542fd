import type { CompiledContract } from '@headwater/core-contract';
import type { PipelineSpec, RecordSetEngine } from '@headwater/core-staging';
import { createDuckDbEngine, type DuckDbEngineOptions } from './engine-duckdb.ts';
import { createKernelEngine } from './kernel-engine.ts';
import { planKernel } from './kernel-program.ts';

/** `auto` is the kernel wherever it knows the shape of the contract; the others are forced for every pipeline. */
export type EngineChoice = 'auto' | 'kernel' | 'duckdb';

/** The engine that serves one pipeline, and why it is not the faster one; for status. */
export interface ChosenEngine {
  readonly name: 'kernel' | 'duckdb';
  readonly why: string | undefined;
}

export function chooseEngine(
  choice: EngineChoice,
  { contract, schemaIds }: Pick<PipelineSpec, 'contract' | 'schemaIds'>,
): ChosenEngine {
  if (choice === 'kernel') return { name: 'kernel', why: undefined };
  if (choice === 'duckdb') return { name: 'duckdb', why: 'HEADWATER_ENGINE is duckdb' };
  const known = automatic.get(contract);
  if (known !== undefined) return known;
  const plan = planKernel(contract, schemaIds);
  const chosen: ChosenEngine =
    plan.kind === 'program'
      ? { name: 'kernel', why: undefined }
      : { name: 'duckdb', why: `the kernel does not know the shape: ${plan.why}` };
  automatic.set(contract, chosen);
  return chosen;
}

/** Status asks every second. */
const automatic = new WeakMap<CompiledContract, ChosenEngine>();

/** Both engines over one database; each batch is served by the one that `chooseEngine` names. */
export function createChosenEngine(choice: EngineChoice, options: DuckDbEngineOptions): RecordSetEngine {
  const kernel = createKernelEngine(options);
  const duckdb = createDuckDbEngine(options);
  return {
    name: choice === 'duckdb' ? 'duckdb' : 'kernel',
    nameFor: (pipeline) => chooseEngine(choice, pipeline).name,
    why: (pipeline) => chooseEngine(choice, pipeline).why,
    beginBatch: (input) =>
      (chooseEngine(choice, input.pipeline).name === 'kernel' ? kernel : duckdb).beginBatch(input),
    close: () => Promise.resolve(options.database.close()),
  };
}
