import type { MeshDatabase, Operation, PipelineRecord, PipelineReport } from '@headwater/core-mesh';
import { operationalError, userError } from '@headwater/kernel';
import type { Executor, StepRun } from '../operation/operation-runner.ts';
import type { Rings } from '../services.ts';

export const drainSteps = [
  { name: 'mark', title: 'fix the end at the high watermarks' },
  { name: 'land', title: 'land everything up to the end' },
  { name: 'pause', title: 'pause the pipeline' },
] as const;

export interface DrainExecutorOptions {
  readonly database: MeshDatabase;
  readonly rings: Pick<Rings, 'staging'>;
  readonly highWatermarks: (topic: string) => Promise<ReadonlyMap<number, bigint>>;
}

const lookEveryMs = 300;
const landMsMax = 60 * 60_000;

/** Lets the lanes land up to a fixed end, then pauses them. Each deed can run again after a kill. */
export function createDrainExecutor(options: DrainExecutorOptions): Executor {
  return {
    mark: (operation) => mark(options, operation),
    land: (operation, run) => land(options, operation, run),
    pause: (operation, run) => pause(options, operation, run),
  } satisfies Record<(typeof drainSteps)[number]['name'], Executor[string]>;
}

async function mark(options: DrainExecutorOptions, operation: Operation): Promise<string> {
  const { spec } = await pipelineOf(options, operation);
  const drainTo =
    spec.drainTo ??
    Object.fromEntries(
      [...(await options.highWatermarks(spec.topic))].map(([partition, end]) => [partition, end.toString()]),
    );
  if (spec.drainTo === undefined) await change(options, operation, { drainTo });
  return Object.entries(drainTo)
    .map(([partition, offset]) => `${spec.topic}[${partition}] ends at ${offset}`)
    .join(', ');
}

async function land(options: DrainExecutorOptions, operation: Operation, run: StepRun): Promise<string> {
  let told = '';
  for (let waitedMs = 0; waitedMs < landMsMax && run.mayGoOn(); waitedMs += lookEveryMs) {
    const { spec } = await pipelineOf(options, operation);
    if (spec.drainTo === undefined) throw given;
    const [report] = await options.database.reads.staging.reports([spec.pipelineId]);
    const left = missingRecords(spec.drainTo, report);
    if (left === 0n) return 'Every record up to the end is committed.';
    const stopped = report?.lanes.find(({ status }) => status?.state === 'stopped-by-incident');
    if (stopped !== undefined) throw blocked(stopped.status?.error?.message);
    const detail = left === undefined ? 'waiting for a worker' : `${left} offsets to go`;
    if (detail !== told) await run.tell(detail);
    told = detail;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw notFinished;
}

/** Undefined while no lane has reported a partition. */
function missingRecords(
  drainTo: Readonly<Record<string, string>>,
  report: PipelineReport | undefined,
): bigint | undefined {
  const positions = new Map(
    (report?.lanes ?? []).flatMap(({ status }) =>
      (status?.partitions ?? []).map(({ partition, nextOffset }) => [partition, nextOffset] as const),
    ),
  );
  let missing = 0n;
  for (const [partition, end] of Object.entries(drainTo)) {
    const position = positions.get(Number(partition));
    if (position === undefined) return undefined;
    if (position < BigInt(end)) missing += BigInt(end) - position;
  }
  return missing;
}

async function pause(options: DrainExecutorOptions, operation: Operation, run: StepRun): Promise<string> {
  const { spec } = await pipelineOf(options, operation);
  if (spec.desiredState === 'running') {
    if (spec.drainTo === undefined) throw given;
    await change(options, operation, { desiredState: 'paused', drainTo: undefined });
  }
  for (let waitedMs = 0; waitedMs < landMsMax && run.mayGoOn(); waitedMs += lookEveryMs) {
    const [report] = await options.database.reads.staging.reports([spec.pipelineId]);
    const isQuiet = (report?.lanes ?? []).every(
      ({ owner, status }) => owner === undefined || status?.state === 'paused',
    );
    if (isQuiet) return 'The pipeline is paused; what comes later waits in the topic.';
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw notFinished;
}

async function pipelineOf({ database }: DrainExecutorOptions, { input }: Operation): Promise<PipelineRecord> {
  const { pipelineId } = input as { readonly pipelineId: string };
  const [pipeline] = await database.reads.pipelines.byIds([pipelineId]);
  if (pipeline !== undefined && pipeline.spec.desiredState !== 'retired') return pipeline;
  throw userError({
    code: 'HW_PIPELINE_MISSING',
    message: 'The pipeline was retired while it was drained.',
    fix: 'Nothing is left to do.',
  });
}

async function change(
  options: DrainExecutorOptions,
  operation: Operation,
  wanted: {
    readonly desiredState?: 'paused';
    readonly drainTo?: Readonly<Record<string, string>> | undefined;
  },
): Promise<void> {
  const { spec } = await pipelineOf(options, operation);
  await options.database.unit(async (unit) => {
    await unit.pipelines.update(spec.pipelineId, spec.generation, wanted);
    await unit.audit.append({
      actor: operation.actor,
      event: wanted.desiredState === undefined ? 'pipeline.drain-marked' : 'pipeline.drained',
      subject: spec.productName,
      facts: { pipelineId: spec.pipelineId, operationId: operation.id },
    });
  });
  options.rings.staging(spec.pipelineId);
}

const given = userError({
  code: 'HW_PIPELINE_DRAIN_WITHDRAWN',
  message: 'Somebody paused or resumed the pipeline while it was drained.',
  fix: 'Drain it again.',
});

const blocked = (because: string | undefined) =>
  userError({
    code: 'HW_PIPELINE_STOPPED',
    message: `An incident stops a lane, so it cannot land the rest. ${because ?? ''}`.trim(),
    fix: 'Look at the incident, then resume the operation.',
  });

const notFinished = operationalError({
  code: 'HW_PIPELINE_NOT_DRAINED',
  message: 'The lanes have not landed everything yet.',
  fix: 'Look at the staging workers, then resume the operation.',
});
