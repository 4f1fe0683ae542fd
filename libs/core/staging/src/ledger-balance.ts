import type { LedgerClass, LedgerClasses, LedgerEntry } from './ledger.ts';

export const ledgerClasses: readonly LedgerClass[] = [
  'landed',
  'deduplicated',
  'quarantined',
  'lateTable',
  'tombstones',
  'control',
  'aborted',
  'absent',
  'suppressed',
  'acceptedLoss',
  'skippedByPolicy',
];

export const noOffsets: LedgerClasses = {
  landed: 0n,
  deduplicated: 0n,
  quarantined: 0n,
  lateTable: 0n,
  tombstones: 0n,
  control: 0n,
  aborted: 0n,
  absent: 0n,
  suppressed: 0n,
  acceptedLoss: 0n,
  skippedByPolicy: 0n,
};

export function addClasses(a: LedgerClasses, b: Partial<LedgerClasses>): LedgerClasses {
  const sum = { ...a };
  for (const name of ledgerClasses) sum[name] += b[name] ?? 0n;
  return sum;
}

export const accountedOffsets = (classes: LedgerClasses): bigint =>
  ledgerClasses.reduce((sum, name) => sum + classes[name], 0n);

export type Balance =
  | { readonly kind: 'balanced' }
  | {
      readonly kind: 'imbalance';
      readonly partition: number;
      readonly from: bigint;
      readonly to: bigint;
      /** Offsets of the range, and how many of them have a class. */
      readonly expected: bigint;
      readonly accounted: bigint;
      readonly cause: string;
    };

/** Every offset of [from, to) is in exactly one class [S10]. The first entry that is not stops the lane. */
export function judgeBalance(entries: readonly LedgerEntry[]): Balance {
  for (const entry of entries) {
    const { partition, from, to, classes } = entry;
    const expected = to - from;
    const accounted = accountedOffsets(classes);
    const negative = ledgerClasses.find((name) => classes[name] < 0n);
    const cause =
      from < 0n || to <= from
        ? `the range [${from}, ${to}) is empty or reversed`
        : negative !== undefined
          ? `the class ${negative} holds ${classes[negative]} offsets`
          : expected !== accounted
            ? `${expected} offsets, ${accounted} accounted for`
            : undefined;
    if (cause !== undefined) {
      return { kind: 'imbalance', partition, from, to, expected, accounted, cause };
    }
  }
  return { kind: 'balanced' };
}
