import { connectObjectStore, md5 } from '@headwater/adapter-object-store';
import {
  countRefusals,
  createCheckpointFiles,
  measureQuality,
  openDatabase,
  withTableRelation,
  type Database,
} from '@headwater/adapter-parquet';
import {
  chooseObject,
  parseContract,
  qualityChecks,
  reportQuality,
  type CompiledContract,
  type QualityCheck,
  type QualityReport,
  type Refusals,
} from '@headwater/core-contract';
import { loadSnapshot } from '@headwater/core-delta';
import { userError } from '@headwater/kernel';
import { basename, dirname } from 'node:path';

export interface MeasuredProduct {
  /** The contract as it was given, and compiled. */
  readonly text: string;
  readonly compiled: CompiledContract;
  readonly tableUrl: string;
  readonly quarantineUrl: string;
}

export interface TableQuality {
  /** Absent when there is no table yet. */
  readonly tableVersion?: bigint;
  readonly report: QualityReport;
  /** Paths of checks that judge each record at staging: what breaks them is in quarantine and not in the table. */
  readonly enforcedPaths: ReadonlySet<string>;
}

/** One thread and a bounded memory: staging goes on beside it. */
const LIMITS = { threads: 1, memoryMiB: 512, timeoutMs: 60_000 };

/** Measures every check of the contract over the table as it is. Reads only. */
export async function measureProduct({
  text,
  compiled: contract,
  tableUrl,
  quarantineUrl,
}: MeasuredProduct): Promise<TableQuality> {
  const checks = checksOf(text, contract);
  const enforcedPaths = new Set(
    checks.flatMap(({ path, run }) => (run.kind === 'record-rule' ? [path] : [])),
  );
  const database = await openDatabase(LIMITS);
  try {
    const refused = await refusalsOf(database, quarantineUrl);
    const measuredTable = await withRows(database, tableUrl, async (rows, tableVersion) => {
      const measured = await measureQuality(rows, [ROWS, ...checks], LIMITS);
      const counted = measured.get(ROWS.path);
      const accepted = counted?.kind === 'measured' ? counted.value : 0;
      return { tableVersion, report: reportQuality({ contract, checks, accepted, refused, measured }) };
    });
    return { enforcedPaths, ...(measuredTable ?? { report: untouched(contract, checks) }) };
  } finally {
    database.close();
  }
}

function checksOf(text: string, compiled: CompiledContract): readonly QualityCheck[] {
  const parsed = parseContract(text);
  const chosen = parsed.ok ? chooseObject(parsed.value) : parsed;
  if (chosen.ok) return qualityChecks(chosen.value.object, compiled);
  throw userError({
    code: 'HW_QUALITY_CONTRACT',
    message: 'The contract in force cannot be read by this version.',
    fix: 'Publish it again.',
  });
}

/** Without a table nothing can be measured. */
const untouched = (contract: CompiledContract, checks: readonly QualityCheck[]): QualityReport => ({
  contractId: contract.contractId,
  contractVersion: contract.contractVersion,
  records: 0,
  accepted: 0,
  refused: [],
  checks: checks.map(({ path, name }) => ({
    path,
    name,
    status: 'skipped',
    message: 'there is no table yet',
  })),
  status: 'skipped',
});

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

type Rows = Parameters<typeof measureQuality>[0];

/** The live rows of a table; undefined when there is none. */
async function withRows<T>(
  database: Database,
  url: string,
  action: (rows: Rows, tableVersion: bigint) => Promise<T>,
): Promise<T | undefined> {
  const store = await connectObjectStore(url, 'read');
  const snapshot = await loadSnapshot({ store, checkpointFiles: createCheckpointFiles(database), md5 }, {});
  if (snapshot === undefined) return undefined;
  return withTableRelation({ database, store, getUrl }, snapshot, (rows) => action(rows, snapshot.version));
}

const refusalsOf = async (database: Database, url: string): Promise<readonly Refusals[]> =>
  (await withRows(database, url, (rows) => countRefusals(rows, LIMITS))) ?? [];

async function getUrl(url: string): Promise<Uint8Array | undefined> {
  const file = url.replace(/^file:\/\//, '');
  return (await connectObjectStore(dirname(file), 'read')).get(basename(file));
}
