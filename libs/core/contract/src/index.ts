export * from './compiled-contract.ts';
export { createRecordJudge } from './judge/record-judge.ts';
export { createSlotJudge } from './judge/slot-judge.ts';
export type { SlotJudge } from './judge/slot-judge.ts';
export { FORM_ASCII, FORM_NULL, FORM_SCRATCH, FORM_UTF8, FORM_VALUE } from './judge/record-slots.ts';
export type { RecordSlots } from './judge/record-slots.ts';
