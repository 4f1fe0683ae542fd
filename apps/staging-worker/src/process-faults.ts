import type { WorkItems } from '@headwater/core-jobs';
import { armFaults, behindPoint } from '@headwater/core-staging';
import { toKafkaSettings, toS3Settings } from '@headwater/platform-config';
import { createFaultSwitch, type FaultSwitchOptions } from '@headwater/platform-process';
import type { ConnectedWorld } from './create-world.ts';
import type { Environment } from './environment.ts';
import { makeWorldFaulty } from './faulty-world.ts';

/** What the fault harness asks of one process of the faults build. */
export interface ProcessFaults extends FaultSwitchOptions {
  /** Names of planted bugs, separated by commas. */
  readonly planted: string | undefined;
  /** Versions between two checkpoints; few, so that a short run writes some. */
  readonly checkpointEvery: string | undefined;
}

export interface ArmedProcess {
  makeFaulty(connected: ConnectedWorld, environment: Environment): ConnectedWorld;
  /** How operators' verbs are taken up: with points around it, and soon by another process. */
  workOptions(work: WorkItems): {
    readonly work: WorkItems;
    readonly leaseMs: number;
    readonly sweepIntervalMs: number;
  };
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
    makeFaulty(connected, environment) {
      const world = makeWorldFaulty(
        connected.world,
        { kafka: toKafkaSettings(environment), s3: toS3Settings(environment) },
        { faultSwitch, checkpointEvery },
      );
      return { ...connected, world, operating: { ...connected.operating, lanes: world } };
    },
    workOptions: (work) => ({
      work: {
        ...work,
        due: behindPoint('outbox.sweep', (...args) => work.due(...args)),
        claim: behindPoint('outbox.claim', (...args) => work.claim(...args)),
      },
      leaseMs: 1_500,
      sweepIntervalMs: 300,
    }),
  };
}
