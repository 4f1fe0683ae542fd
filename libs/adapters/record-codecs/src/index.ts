export { recordBatchCodecs } from './record-batch-codecs.ts';
