export { recordBatchCodecs } from './compression.ts';
export { createRecordSource } from './record-source.ts';
export type { RecordSourceOptions } from './record-source.ts';
