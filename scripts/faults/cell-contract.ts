import type { CompiledContract } from '@headwater/core-contract';
import { column, contractOf } from '@headwater/testkit';

const required = { required: true };

/** The contract cells are staged by. */
export const firstContract = contractOf(
  [
    column('event_id', { kind: 'string' }, required),
    column(
      'event_type',
      { kind: 'string' },
      { ...required, rules: [{ rule: 'enum', values: ['click', 'view'] }] },
    ),
    column('amount', { kind: 'double' }, required),
    column('pad', { kind: 'string' }),
  ],
  { contractId: 'cell-events', keyColumns: ['event_id'] },
);

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
