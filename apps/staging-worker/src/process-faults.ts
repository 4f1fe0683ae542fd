import { armFaults } from '@headwater/core-staging';
import { toKafkaSettings, toS3Settings } from '@headwater/platform-config';
import { createFaultSwitch, type FaultSwitchOptions } from '@headwater/platform-process';
import type { Environment } from './environment.ts';
import { makeWorldFaulty } from './faulty-world.ts';
import type { LaneWorld } from './lane/lane-world.ts';

/** What the fault harness asks of one process of the faults build. */
export interface ProcessFaults extends FaultSwitchOptions {
  /** Names of planted bugs, separated by commas. */
  readonly planted: string | undefined;
  /** Versions between two checkpoints; few, so that a short run writes some. */
  readonly checkpointEvery: string | undefined;
}

export interface ArmedProcess {
  makeFaulty(world: LaneWorld, environment: Environment): LaneWorld;
}

/** Arms the process. Only the faults build holds this file. */
export function armProcessFaults(faults: ProcessFaults): ArmedProcess {
  const faultSwitch = createFaultSwitch(faults);
  const always = (faults.planted ?? '').split(',');
  armFaults({
    planted: { has: (bug) => always.includes(bug) || faultSwitch.hasPlanted(bug) },
    onPoint: (name) => faultSwitch.onPoint(name),
  });
  const { checkpointEvery } = faults;
  return {
    makeFaulty: (world, environment) =>
      makeWorldFaulty(
        world,
        { kafka: toKafkaSettings(environment), s3: toS3Settings(environment) },
        { faultSwitch, checkpointEvery },
      ),
  };
}
