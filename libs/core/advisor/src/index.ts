export { adviseChange } from './advise-change.ts';
export type { ChangeAdvice, ChangeQuestion } from './advise-change.ts';
export type { Bridge } from './bridge.ts';
export type { RolloutOrder } from './contract-effect.ts';
export type { ModeVerdict } from './contract-schemas.ts';
export type { ImpactReason, Reader, ReaderImpact, ReaderVerdict } from './reader.ts';
export { isVersionRange } from './version-range.ts';
