import {
  armFaults,
  faultPointNames,
  plantedBugs,
  type FaultPointName,
  type PlantedBug,
} from '@headwater/core-staging';
import { appendFileSync } from 'node:fs';

/** What the fault harness asks of one process of the faults build. */
export interface ProcessFaults {
  /** `<point>:<n>:<kill|stop>`: at the n-th passing of the point the process kills or stops itself. */
  readonly fault: string | undefined;
  /** Names of planted bugs, separated by commas. */
  readonly planted: string | undefined;
  /** A line is appended here right before a fault fires: the proof that it did. */
  readonly firedFile: string | undefined;
}

/** Arms the process. Only the faults build holds this file. */
export function armProcessFaults({ fault, planted, firedFile }: ProcessFaults): void {
  const armed = fault === undefined ? undefined : parseFault(fault);
  let passed = 0;
  armFaults({
    planted: new Set((planted ?? '').split(',').filter(isPlantedBug)),
    onPoint(name) {
      if (armed === undefined || name !== armed.point || ++passed !== armed.nth) return Promise.resolve();
      if (firedFile !== undefined) appendFileSync(firedFile, `${process.pid} ${name} ${armed.signal}\n`);
      process.kill(process.pid, armed.signal);
      // A stop takes effect before the next statement, a kill has no next statement.
      return Promise.resolve();
    },
  });
}

function parseFault(text: string): {
  readonly point: FaultPointName;
  readonly nth: number;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
} {
  const [point, nth, action] = text.split(':');
  const known = faultPointNames.find((name) => name === point);
  if (known === undefined || !/^[1-9]\d*$/.test(nth ?? '') || (action !== 'kill' && action !== 'stop')) {
    throw new Error(
      `the fault ${text} is none of <point>:<n>:<kill|stop> with ${faultPointNames.join(', ')}`,
    );
  }
  return { point: known, nth: Number(nth), signal: action === 'kill' ? 'SIGKILL' : 'SIGSTOP' };
}

const isPlantedBug = (name: string): name is PlantedBug => plantedBugs.some((known) => known === name);
