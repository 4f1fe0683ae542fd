export type { Compression } from './compression-codecs.ts';
export { createDomainProducer } from './domain-producer.ts';
export type { DomainProducer, DomainProducerOptions, DomainRecord } from './domain-producer.ts';
export type { OffsetRange } from './offset-ranges.ts';
export { readToEnd } from './topic-reader.ts';
export type { ReadBatch, ReadRecord, ReadToEndOptions, ReadToEndReport } from './topic-reader.ts';
