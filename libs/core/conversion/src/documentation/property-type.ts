import type { OdcsProperty } from '@headwater/core-contract';

/** `number, decimal(18,4)`, `array of string`: the type of a property as people read it, in the contract's own words. */
export function propertyType(property: OdcsProperty): string {
  const { logicalType, physicalType, items } = property;
  if (logicalType === 'array' && items !== undefined) return `array of ${propertyType(items)}`;
  const words = [logicalType, physicalType === logicalType ? undefined : physicalType];
  return words.filter((word) => word !== undefined).join(', ');
}
