import type { QualityCheck, QualityOperator } from './quality-check.ts';

export type QualityStatus = 'passed' | 'warning' | 'failed' | 'error' | 'skipped';

/** What was measured for one check. */
export type QualityMeasurement =
  /** `value` of `rows`; a query gives its one value. */
  | { readonly kind: 'measured'; readonly value: number; readonly rows: number }
  /** Records the judge refused because of the rule, of all `rows` it judged. */
  | { readonly kind: 'refused'; readonly value: number; readonly rows: number }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'skipped'; readonly why: string };

export interface QualityResult {
  readonly path: string;
  readonly name: string;
  readonly status: QualityStatus;
  /** Absent when nothing was measured. In percent when the check says so. */
  readonly measured?: number;
  readonly rows?: number;
  readonly message: string;
}

/** Compares what was measured with what the check asks. A failed check of severity warning is a warning. */
export function judgeQuality(check: QualityCheck, measurement: QualityMeasurement): QualityResult {
  const { path, name, run } = check;
  if (measurement.kind === 'error') return { path, name, status: 'error', message: measurement.message };
  if (measurement.kind === 'skipped') return { path, name, status: 'skipped', message: measurement.why };
  const { rows } = measurement;
  if (run.kind === 'none') return { path, name, status: 'skipped', message: run.why };
  if (run.kind === 'record-rule') {
    const { value } = measurement;
    const status = value === 0 ? 'passed' : 'failed';
    return { path, name, status, measured: value, rows, message: `${value} of ${rows} records are refused` };
  }
  const measured = run.unit === 'percent' ? percent(measurement.value, rows) : measurement.value;
  const isMet = holds(run.operator, measured);
  const status = isMet ? 'passed' : check.severity === 'warning' ? 'warning' : 'failed';
  const unit = run.unit === 'percent' ? ' %' : '';
  const wanted = describeOperator(run.operator);
  return { path, name, status, measured, rows, message: `${measured}${unit}; ${wanted}${unit}` };
}

const percent = (value: number, rows: number): number => (rows === 0 ? 0 : (value * 100) / rows);

/** The result of all checks: the worst of them; skipped ones say nothing. */
export function overallQuality(results: readonly QualityResult[]): QualityStatus {
  const order: readonly QualityStatus[] = ['error', 'failed', 'warning', 'passed'];
  return order.find((status) => results.some((result) => result.status === status)) ?? 'skipped';
}

function holds({ operator, operand }: QualityOperator, measured: number): boolean {
  switch (operator) {
    case 'mustBe':
      return Number(operand) === measured;
    case 'mustNotBe':
      return Number(operand) !== measured;
    case 'mustBeGreaterThan':
      return measured > operand;
    case 'mustBeGreaterOrEqualTo':
      return measured >= operand;
    case 'mustBeLessThan':
      return measured < operand;
    case 'mustBeLessOrEqualTo':
      return measured <= operand;
    case 'mustBeBetween':
      return measured >= operand[0] && measured <= operand[1];
    case 'mustNotBeBetween':
      return measured < operand[0] || measured > operand[1];
  }
}

const WORDS: Readonly<Record<QualityOperator['operator'], string>> = {
  mustBe: 'must be',
  mustNotBe: 'must not be',
  mustBeGreaterThan: 'must be greater than',
  mustBeGreaterOrEqualTo: 'must be at least',
  mustBeLessThan: 'must be less than',
  mustBeLessOrEqualTo: 'must be at most',
  mustBeBetween: 'must be between',
  mustNotBeBetween: 'must not be between',
};

const describeOperator = ({ operator, operand }: QualityOperator): string =>
  `${WORDS[operator]} ${Array.isArray(operand) ? operand.join(' and ') : String(operand)}`;
