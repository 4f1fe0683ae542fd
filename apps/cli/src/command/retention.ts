import type { CommandContext } from '../context.ts';
import { retentionLedgerQuery } from '../control-plane/product-documents.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printRecord, renderTable } from '../output/listing.ts';
import { unknownProduct } from './status.ts';

interface RetentionLedger {
  readonly productName: string;
  readonly promiseDays: number;
  readonly worstCaseDays: number | null;
  readonly keepsPromise: boolean;
  readonly copies: readonly {
    readonly kind: string;
    readonly location: string;
    readonly worstCaseDays: number | null;
    readonly oldestAt: string | null;
    readonly keepsPromise: boolean;
    readonly explanation: string;
    readonly fix: string | null;
  }[];
}

/** What was promised and what each copy keeps at worst; drift when a copy outlives the promise. */
export async function retention(context: CommandContext, product: string): Promise<ExitCode> {
  const { retentionLedger: ledger } = await context
    .controlPlane()
    .ask<{ retentionLedger: RetentionLedger | null }>(retentionLedgerQuery, { product });
  if (ledger === null) throw unknownProduct(product);
  printRecord(context.terminal, context.format(), ledger, () => renderLedger(ledger));
  return ledger.keepsPromise ? exitCode.ok : exitCode.drift;
}

function renderLedger({ productName, promiseDays, worstCaseDays, copies }: RetentionLedger): string {
  const days = (count: number | null) => (count === null ? '∞' : `${Number(count.toFixed(2))} d`);
  const table = renderTable({
    records: copies,
    columns: [
      { title: 'copy', value: ({ kind }) => kind.toLowerCase() },
      { title: 'worst case', value: (copy) => days(copy.worstCaseDays) },
      { title: 'keeps promise', value: ({ keepsPromise }) => (keepsPromise ? 'yes' : 'NO') },
      { title: 'oldest', value: ({ oldestAt }) => oldestAt ?? '' },
      {
        title: 'why',
        value: ({ explanation, fix }) => (fix === null ? explanation : `${explanation} Fix: ${fix}`),
      },
    ],
  });
  return `${productName}: promise ${days(promiseDays)}, worst case ${days(worstCaseDays)}\n${table}`;
}
