import type { Problem } from '@headwater/core-mesh';

export const productUnknown = (name: string): Problem => ({
  code: 'HW_PRODUCT_UNKNOWN',
  message: `There is no data product "${name.slice(0, 130)}".`,
  fix: 'Name it as <domain>/<product>; `headwater get products` lists what there is.',
  path: ['product'],
});
