export { createDoorbell, type Doorbell, type DoorbellOptions, type Listener } from './doorbell.ts';
export { startSweeper, sweepIntervalMs, type Sweeper, type SweeperOptions } from './sweeper.ts';
export { startWorkRunner, type WorkRunner, type WorkRunnerOptions } from './work-runner.ts';
