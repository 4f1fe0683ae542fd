export * from './ledger.ts';
export * from './pipeline.ts';
export * from './ports.ts';
export * from './record-set-engine.ts';
export * from './record-source.ts';
