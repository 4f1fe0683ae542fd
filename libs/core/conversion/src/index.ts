export { convertContract, CONVERSION_TARGETS } from './convert-contract.ts';
export type { ConversionTarget } from './convert-contract.ts';
export type { Conversion, ConversionLoss } from './conversion.ts';
