export { createFaultSwitch } from './fault-switch.ts';
export type { FaultOrder, FaultSwitch, FaultSwitchOptions } from './fault-switch.ts';
export { nodeArguments, nodeVariables } from './node-arguments.ts';
export { runUntilStopped } from './run-until-stopped.ts';
export type { Lifetime } from './run-until-stopped.ts';
