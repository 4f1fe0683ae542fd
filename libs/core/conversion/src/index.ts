export { convertContract, CONVERSION_TARGETS } from './convert-contract.ts';
export type { ConversionTarget } from './convert-contract.ts';
export type { Conversion, ConversionLoss } from './conversion.ts';
export { importContract, SCHEMA_FORMATS } from './import/import-contract.ts';
export type { SchemaFormat } from './import/import-contract.ts';
