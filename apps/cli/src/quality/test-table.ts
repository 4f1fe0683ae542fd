import { countRefusals, measureQuality, withTableRelation } from '@headwater/adapter-parquet';
import { reportQuality } from '@headwater/core-contract';
import type { CompiledContract, QualityCheck, QualityReport, Refusals } from '@headwater/core-contract';
import { HeadwaterError } from '@headwater/kernel';
import { getUrl } from '../table/get-url.ts';
import { withTable } from '../table/open-table.ts';

const LIMITS = { threads: 2, memoryMiB: 1024, timeoutMs: 300_000 };

/** What a table holds under the contract: its checks measured over the table, what was refused in its quarantine table. */
export async function testTable(
  contract: CompiledContract,
  checks: readonly QualityCheck[],
  url: string,
): Promise<QualityReport> {
  const refused = await refusalsOf(`${url.replace(/\/+$/, '')}__quarantine`);
  return withTable(url, {}, ({ database, store, snapshot }) =>
    withTableRelation({ database, store, getUrl }, snapshot, async (rows) => {
      const measured = await measureQuality(rows, [ROWS, ...checks], LIMITS);
      const counted = measured.get(ROWS.path);
      const accepted = counted?.kind === 'measured' ? counted.value : 0;
      return reportQuality({ contract, checks, accepted, refused, measured });
    }),
  );
}

const ROWS: QualityCheck = {
  path: '',
  name: '',
  severity: 'error',
  run: {
    kind: 'measure',
    metric: { metric: 'rowCount' },
    operator: { operator: 'mustBeGreaterOrEqualTo', operand: 0 },
    unit: 'rows',
  },
};

/** A table without a quarantine table refused nothing. */
async function refusalsOf(url: string): Promise<readonly Refusals[]> {
  try {
    return await withTable(url, {}, ({ database, store, snapshot }) =>
      withTableRelation({ database, store, getUrl }, snapshot, (rows) => countRefusals(rows, LIMITS)),
    );
  } catch (error) {
    if (error instanceof HeadwaterError && error.code === 'HW_DELTA_TABLE_MISSING') return [];
    throw error;
  }
}
