import type { QualityRun as CoreRun } from '@headwater/core-mesh';
import type { QualityRun } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface QualityRunModel extends QualityRun {
  readonly productId: string;
}

export const toQualityRun = (run: CoreRun): QualityRunModel => ({
  __typename: 'QualityRun',
  id: toGlobalId('QualityRun', run.id),
  status: toEnumName(run.status),
  contractVersion: run.contractVersion,
  tableVersion: run.tableVersion,
  rows: run.rows,
  trigger: toEnumName(run.trigger),
  measuredAt: run.measuredAtMs,
  checks: run.results.map(({ rows, status, ...result }) => ({
    ...result,
    status: toEnumName(status),
    rows: rows === undefined ? undefined : BigInt(rows),
  })),
  productId: run.productId,
});
