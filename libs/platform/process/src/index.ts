export { runUntilStopped } from './run-until-stopped.ts';
export type { Lifetime } from './run-until-stopped.ts';
