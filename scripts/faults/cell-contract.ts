import type { CompiledContract } from '@headwater/core-contract';

function column(name: string, type: CompiledContract['columns'][number]['type']) {
  return { name, source: name, type, required: true, rules: [], personal: false };
}

/** The contract cells are staged by. */
export const firstContract: CompiledContract = {
  contractId: 'cell-events',
  contractVersion: '1.0.0',
  columns: [
    column('event_id', { kind: 'string' }),
    { ...column('event_type', { kind: 'string' }), rules: [{ rule: 'enum', values: ['click', 'view'] }] },
    column('amount', { kind: 'double' }),
    { ...column('pad', { kind: 'string' }), required: false },
  ],
  unknownMembers: 'ignore',
  keyColumns: ['event_id'],
  partitionColumns: [],
  recordBytesMax: 1_000_000,
};

const AMOUNT_MAX = 900;

/** Takes the events the first one refuses, and refuses some of the amounts it takes. */
export const nextContract: CompiledContract = {
  ...firstContract,
  contractVersion: '2.0.0',
  columns: firstContract.columns.map((each) => {
    if (each.name === 'event_type')
      return { ...each, rules: [{ rule: 'enum', values: ['click', 'view', 'unknown'] }] };
    if (each.name === 'amount')
      return { ...each, rules: [{ rule: 'maximum', value: String(AMOUNT_MAX), exclusive: false }] };
    return each;
  }),
};

/** What a record value is by the contract of that version; null is a tombstone. */
export function judgeValue(
  value: string | null,
  contractVersion = firstContract.contractVersion,
): 'good' | 'refused' | 'tombstone' {
  if (value === null) return 'tombstone';
  if (!value.endsWith('}')) return 'refused';
  if (contractVersion === firstContract.contractVersion)
    return value.includes('"unknown"') ? 'refused' : 'good';
  const { amount } = JSON.parse(value) as { readonly amount: number };
  return amount > AMOUNT_MAX ? 'refused' : 'good';
}
