import {
  encodeKeptRecords,
  type Coordinate,
  type LandedFile,
  type PipelineSpec,
} from '@headwater/core-staging';
import { nowUs } from '../lane/lane-world.ts';
import type { OperatingWorld, RefusedRecord } from './operating-world.ts';

export interface JudgedRecords {
  readonly accepted: readonly LandedFile[];
  /** Refused again: the caller drops these files. */
  readonly refused: readonly LandedFile[];
  readonly acceptedCoordinates: readonly Coordinate[];
}

/** Judges records by the pipeline as it is, through the engine that staging uses, and writes finished local files. */
export async function judgeRecords(
  world: OperatingWorld,
  pipeline: PipelineSpec,
  records: readonly RefusedRecord[],
  scratch: string,
): Promise<JudgedRecords> {
  const batchId = world.lanes.ids.uuid();
  const batch = await world.engine.beginBatch({ pipeline, batchId, ingestedAtUs: nowUs(world.lanes) });
  try {
    for (const [partition, mine] of Map.groupBy(records, ({ partition: at }) => at)) {
      for (const run of splitRuns(mine)) {
        await batch.add({
          partition,
          recordSet: encodeKeptRecords(run, world.crc32c),
          from: run[0]!.offset,
          to: run.at(-1)!.offset + 1n,
          aborted: [],
        });
      }
    }
    const outputs = await batch.land(scratch);
    return {
      accepted: outputs.primary,
      refused: outputs.quarantine,
      acceptedCoordinates: await world.rows.ofFiles(outputs.primary, pipeline.topic, records),
    };
  } finally {
    await batch.discard();
  }
}

const DELTA_MAX = 1n << 30n;

/** Parts whose offsets fit into one record batch. */
function splitRuns(records: readonly RefusedRecord[]): readonly (readonly RefusedRecord[])[] {
  const runs: RefusedRecord[][] = [];
  for (const record of records) {
    const run = runs.at(-1);
    if (run === undefined || record.offset - run[0]!.offset > DELTA_MAX) runs.push([record]);
    else run.push(record);
  }
  return runs;
}
