import type { Problem } from '@headwater/core-mesh';

export const nameNotKebab = (kind: string, name: string): Problem => ({
  code: 'HW_NAME_NOT_KEBAB',
  message: `The ${kind} name "${name.slice(0, 80)}" is not in kebab case.`,
  fix: 'Use lower case letters, digits and single hyphens, beginning with a letter, at most 63 characters.',
  path: ['name'],
});

export const unknownName = (kind: string, name: string, field: string): Problem => ({
  code: `HW_${kind.toUpperCase().replaceAll(' ', '_')}_UNKNOWN`,
  message: `There is no ${kind} "${name.slice(0, 130)}".`,
  fix: `Check the spelling; \`headwater get\` lists what there is.`,
  path: [field],
});
