import type { CompiledContract } from '../compiled-contract.ts';
import type { QualityCheck } from './quality-check.ts';
import { judgeQuality, overallQuality } from './quality-verdict.ts';
import type { QualityMeasurement, QualityResult, QualityStatus } from './quality-verdict.ts';

/** Records that were refused for one cause. */
export interface Refusals {
  readonly stage: string;
  readonly reason: string;
  /** Dotted path of the member; empty for the whole record. */
  readonly path: string;
  readonly records: number;
  /** Line of the sample the cause was first seen on; absent for a table. */
  readonly firstLine?: number;
}

/** What a contract says about records, and what they are. */
export interface QualityReport {
  readonly contractId: string;
  readonly contractVersion: string;
  readonly records: number;
  readonly accepted: number;
  readonly refused: readonly Refusals[];
  readonly checks: readonly QualityResult[];
  /** Failed when a record is refused or a check fails. */
  readonly status: QualityStatus;
}

export interface QualityFindings {
  readonly contract: CompiledContract;
  readonly checks: readonly QualityCheck[];
  readonly accepted: number;
  readonly refused: readonly Refusals[];
  readonly measured: ReadonlyMap<string, QualityMeasurement>;
}

/** Every check judged by what was measured and refused, and all of it together. */
export function reportQuality({
  contract,
  checks,
  accepted,
  refused,
  measured,
}: QualityFindings): QualityReport {
  const records = accepted + refused.reduce((sum, cause) => sum + cause.records, 0);
  const results = checks.map((check) => judgeQuality(check, measurementOf(check)));
  const overall = overallQuality(results);
  return {
    contractId: contract.contractId,
    contractVersion: contract.contractVersion,
    records,
    accepted,
    refused,
    checks: results,
    status:
      overall === 'error' || refused.length === 0 ? (overall === 'skipped' ? 'passed' : overall) : 'failed',
  };

  function measurementOf(check: QualityCheck): QualityMeasurement {
    if (check.run.kind === 'none') return { kind: 'skipped', why: check.run.why };
    if (check.run.kind === 'measure') {
      return measured.get(check.path) ?? { kind: 'skipped', why: 'it was not measured' };
    }
    const { column, reasons } = check.run;
    const causes = refused.filter(({ path, reason }) => path === column && reasons.includes(reason));
    return { kind: 'refused', value: causes.reduce((sum, cause) => sum + cause.records, 0), rows: records };
  }
}
