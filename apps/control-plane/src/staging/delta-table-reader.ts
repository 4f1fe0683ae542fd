import type { Clock } from '@headwater/kernel';
import type { TableReader } from './table-reader.ts';

export const createDeltaTableReader = (_clock: Clock): TableReader => ({
  facts: async () => undefined,
  quarantined: async () => [],
  exists: async () => false,
  deleteTable: async () => undefined,
});
