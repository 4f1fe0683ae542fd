import type { CommandContext } from '../context.ts';
import { accepted } from '../control-plane/client.ts';
import {
  measureQualityMutation,
  productQualityQuery,
  type MeasureAnswer,
  type QualityAnswer,
  type QualityRun,
} from '../control-plane/contract-documents.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { Messages } from '../message/index.ts';
import { printListing, printRecord } from '../output/listing.ts';

export interface QualityOptions {
  readonly measure?: boolean;
  readonly history?: number;
}

/** The last measurement of a product's checks, one made now, or the ones before it; fails when a check does. */
export async function showQuality(
  context: CommandContext,
  product: string,
  { measure = false, history }: QualityOptions,
): Promise<ExitCode> {
  const controlPlane = context.controlPlane();
  if (measure) {
    const { result } = await controlPlane.ask<MeasureAnswer>(measureQualityMutation, { input: { product } });
    accepted(result);
  }
  const { dataProduct } = await controlPlane.ask<QualityAnswer>(productQualityQuery, {
    name: product,
    first: history ?? 1,
  });
  const runs = dataProduct?.qualityRuns.nodes ?? [];
  if (history !== undefined) {
    listRuns(context, runs, product);
    return exitCode.ok;
  }
  const [latest] = runs;
  printRecord(context.terminal, context.format(), latest ?? null, () =>
    latest === undefined
      ? context.messages.contractChange.quality.none(product)
      : renderRun(latest, product, context.messages),
  );
  return latest?.status === 'FAILED' || latest?.status === 'ERROR' ? exitCode.failed : exitCode.ok;
}

function listRuns(context: CommandContext, records: readonly QualityRun[], product: string): void {
  printListing(context.terminal, context.format(), {
    records,
    columns: [
      { title: 'measured', value: ({ measuredAt }) => measuredAt },
      { title: 'status', value: ({ status }) => status.toLowerCase() },
      { title: 'contract', value: ({ contractVersion }) => contractVersion },
      { title: 'table', value: ({ tableVersion }) => tableVersion ?? '' },
      { title: 'rows', value: ({ rows }) => rows ?? '' },
      { title: 'trigger', value: ({ trigger }) => trigger.toLowerCase() },
    ],
    whenEmpty: context.messages.contractChange.quality.none(product),
  });
}

function renderRun(run: QualityRun, product: string, { contractChange }: Messages): string {
  const { status, rows, tableVersion, contractVersion, checks } = run;
  return [
    contractChange.quality.title(
      product,
      status.toLowerCase(),
      rows ?? '?',
      tableVersion ?? '?',
      contractVersion,
    ),
    ...checks.map((check) => `  ${check.status.toLowerCase().padEnd(8)} ${check.path}: ${check.message}`),
  ].join('\n');
}
