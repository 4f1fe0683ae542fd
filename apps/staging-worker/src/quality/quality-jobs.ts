import { overallQuality, type QualityResult } from '@headwater/core-contract';
import type { JobHandler, WorkContext } from '@headwater/core-jobs';
import type { DataProduct, MeshDatabase, MeshUnit, QualityRun } from '@headwater/core-mesh';
import type { Clock } from '@headwater/kernel';
import type { MeasuredProduct, TableQuality } from './measure-product.ts';

export interface QualityWorld {
  readonly database: MeshDatabase;
  readonly clock: Clock;
  readonly measure: (product: MeasuredProduct) => Promise<TableQuality>;
}

/** The handlers of the queue `quality`. */
export const qualityHandlers = (world: QualityWorld): readonly JobHandler[] =>
  [
    {
      job: 'measure-quality',
      run: ({ productId, trigger }, context) => measure(world, { productId, trigger }, context),
    },
  ] satisfies readonly [JobHandler<'measure-quality'>] as unknown as readonly JobHandler[];

async function measure(
  { database, clock, measure: measureTable }: QualityWorld,
  { productId, trigger }: { readonly productId: string; readonly trigger: QualityRun['trigger'] },
  { work, signal }: WorkContext,
): Promise<void> {
  const [product] = await database.reads.products.byIds([productId]);
  if (product === undefined || product.status === 'retired') return;
  const [contract] = await database.reads.contracts.byIds([product.contractVersionId]);
  if (contract === undefined) return;
  const measuredAtMs = clock.nowMs();
  const { tableUrl, quarantineUrl } = product;
  const { tableVersion, report, enforcedPaths } = await measureTable({
    ...contract,
    tableUrl,
    quarantineUrl,
  });
  if (signal.aborted) return;
  const run: QualityRun = {
    id: work.id,
    productId,
    contractVersion: contract.contractVersion,
    ...(tableVersion === undefined ? {} : { tableVersion, rows: BigInt(report.accepted) }),
    trigger,
    status: overallQuality(report.checks),
    results: report.checks,
    measuredAtMs,
  };
  await database.unit(async (unit) => {
    await unit.quality.record(run);
    const failed = run.results.filter(
      ({ status, path: at }) => status === 'failed' && !enforcedPaths.has(at),
    );
    await judgeIncident(unit, product, { run, failed });
  });
}

/**
 * A failed check of severity error is an incident until a later run finds none. Checks that staging enforces are not:
 * quarantine holds what breaks them, and its own incidents tell.
 */
async function judgeIncident(
  unit: MeshUnit,
  product: DataProduct,
  { run, failed }: { readonly run: QualityRun; readonly failed: readonly QualityResult[] },
): Promise<void> {
  const [pipeline] = await unit.pipelines.byProductIds([product.id]);
  if (pipeline === undefined) return;
  const { pipelineId } = pipeline.spec;
  const open = (await unit.incidents.openByPipelineIds([pipelineId])).find(
    ({ kind }) => kind === 'quality-failed',
  );
  if (failed.length === 0) {
    if (open === undefined || run.status === 'error' || run.status === 'skipped') return;
    const reason = `Every check holds at table version ${run.tableVersion ?? 0n}.`;
    await unit.incidents.resolve(open.id, open.generation, { by: 'quality', reason });
    await appendAudit(unit, product, 'incident.resolved', { incidentId: open.id, kind: open.kind });
    return;
  }
  const incident = await unit.incidents.open({
    pipelineId,
    kind: 'quality-failed',
    cause: `At table version ${run.tableVersion ?? 0n}: ${failed.slice(0, FAILED_SHOWN).map(describeFailure).join('; ')}.`,
    fix: 'Look at the rows, have the producers mend what they send, or change the check by a contract version.',
  });
  if (open === undefined) await appendAudit(unit, product, 'incident.opened', { incidentId: incident.id });
  else await appendAudit(unit, product, 'incident.seen', { incidentId: incident.id });
}

const FAILED_SHOWN = 10;

const describeFailure = ({ name, path, message }: QualityResult): string =>
  `${name === '' ? path : name} (${path}): ${message}`;

const appendAudit = (
  unit: MeshUnit,
  product: DataProduct,
  event: string,
  facts: Readonly<Record<string, string>>,
): Promise<void> => unit.audit.append({ actor: 'quality', event, subject: product.qualifiedName, facts });
