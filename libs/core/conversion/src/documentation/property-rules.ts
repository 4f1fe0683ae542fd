import type { OdcsProperty } from '@headwater/core-contract';
import type { Labels } from './labels.ts';

/** What values of a property must be, as people read it. */
export const propertyRules = (property: OdcsProperty, labels: Labels): readonly string[] => [
  ...Object.entries(property.logicalTypeOptions ?? {}).flatMap(([option, value]) =>
    value === undefined ? [] : [optionText(option, value, labels)],
  ),
  ...(property.quality ?? []).flatMap(({ metric, arguments: stated }) => {
    const values = stated?.['validValues'];
    return metric === 'invalidValues' && Array.isArray(values)
      ? [`${labels.oneOf} ${values.join(', ')}`]
      : [];
  }),
];

function optionText(option: string, value: unknown, labels: Labels): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  switch (option) {
    case 'minimum':
      return `≥ ${text}`;
    case 'exclusiveMinimum':
      return `> ${text}`;
    case 'maximum':
      return `≤ ${text}`;
    case 'exclusiveMaximum':
      return `< ${text}`;
    case 'multipleOf':
      return `${labels.multipleOf} ${text}`;
    case 'pattern':
      return `${labels.matches} ${text}`;
    case 'minLength':
    case 'minItems':
      return `${labels.length} ≥ ${text}`;
    case 'maxLength':
    case 'maxItems':
      return `${labels.length} ≤ ${text}`;
    default:
      return `${option} ${text}`;
  }
}
