export * from './compiled-contract.ts';
