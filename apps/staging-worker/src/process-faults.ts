import { armFaults, plantedBugs, type PlantedBug } from '@headwater/core-staging';
import { toKafkaSettings } from '@headwater/platform-config';
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
  armFaults({
    planted: new Set((faults.planted ?? '').split(',').filter(isPlantedBug)),
    onPoint: (name) => faultSwitch.onPoint(name),
  });
  const { checkpointEvery } = faults;
  return {
    makeFaulty: (world, environment) =>
      makeWorldFaulty(world, toKafkaSettings(environment), { faultSwitch, checkpointEvery }),
  };
}

const isPlantedBug = (name: string): name is PlantedBug => plantedBugs.some((known) => known === name);
