import type { Column, CompiledContract } from '../compiled-contract.ts';
import type { OdcsObject, OdcsProperty } from '../odcs/odcs.ts';

/** How a measured number is compared (ODCS `DataQualityOperators`). */
export type QualityOperator =
  | { readonly operator: 'mustBe' | 'mustNotBe'; readonly operand: unknown }
  | {
      readonly operator:
        'mustBeGreaterThan' | 'mustBeGreaterOrEqualTo' | 'mustBeLessThan' | 'mustBeLessOrEqualTo';
      readonly operand: number;
    }
  | { readonly operator: 'mustBeBetween' | 'mustNotBeBetween'; readonly operand: readonly [number, number] };

/** What is counted over the rows of the object. Column names are those of the table. */
export type QualityMetric =
  | { readonly metric: 'rowCount' }
  | { readonly metric: 'nullValues'; readonly column: string }
  /** `values` count as missing besides null. */
  | { readonly metric: 'missingValues'; readonly column: string; readonly values: readonly unknown[] }
  | {
      readonly metric: 'invalidValues';
      readonly column: string;
      readonly validValues?: readonly unknown[];
      readonly pattern?: string;
    }
  /** Rows beyond the first of each combination; a row with a null in it repeats nothing. */
  | { readonly metric: 'duplicateValues'; readonly columns: readonly string[] }
  | { readonly metric: 'sql'; readonly query: string };

/** One check of `quality[]`. */
export interface QualityCheck {
  /** `schema[orders].properties[status].quality[invalidValues]`. */
  readonly path: string;
  readonly name: string;
  readonly severity: 'error' | 'warning';
  readonly dimension?: string;
  readonly run:
    | {
        readonly kind: 'measure';
        readonly metric: QualityMetric;
        readonly operator: QualityOperator;
        readonly unit: 'rows' | 'percent';
      }
    /** Decided record by record by the judge: a record that fails it is refused. `reasons` are those of its refusals. */
    | { readonly kind: 'record-rule'; readonly column: string; readonly reasons: readonly string[] }
    | { readonly kind: 'none'; readonly why: string };
}

type Fields = Readonly<Record<string, unknown>>;

/** Every check of the object of the contract, in its order: first those of the object, then property by property. */
export function qualityChecks(object: OdcsObject, contract: CompiledContract): readonly QualityCheck[] {
  const path = `schema[${object.name}]`;
  return [
    ...checksOf(object.quality, path, undefined, contract.columns),
    ...(object.properties ?? []).flatMap((property) => propertyChecks(property, path, contract.columns)),
  ];
}

function propertyChecks(
  property: OdcsProperty,
  path: string,
  columns: readonly Column[],
): readonly QualityCheck[] {
  const column = columns.find(({ source }) => source === property.name);
  return checksOf(property.quality, `${path}.properties[${property.name ?? ''}]`, column, columns);
}

function checksOf(
  checks: readonly unknown[] | undefined,
  path: string,
  column: Column | undefined,
  columns: readonly Column[],
): readonly QualityCheck[] {
  const used = new Map<string, number>();
  return (checks ?? []).map((each) => {
    const check = each as Fields;
    const label = String(check['id'] ?? check['name'] ?? check['metric'] ?? check['type'] ?? 'check');
    const copies = (used.get(label) ?? 0) + 1;
    used.set(label, copies);
    return {
      path: `${path}.quality[${copies === 1 ? label : `${label}#${copies}`}]`,
      name: String(check['name'] ?? check['description'] ?? label),
      severity: isWarning(check['severity']) ? 'warning' : 'error',
      ...(typeof check['dimension'] === 'string' ? { dimension: check['dimension'] } : {}),
      run: runOf(check, column, columns),
    };
  });
}

/** ODCS leaves the words of `severity` open: those that say that nobody has to act are warnings. */
const isWarning = (severity: unknown): boolean =>
  typeof severity === 'string' && /^(warn|warning|info|low|minor|notice)/i.test(severity);

function runOf(check: Fields, column: Column | undefined, columns: readonly Column[]): QualityCheck['run'] {
  if (check['type'] === 'text') return { kind: 'none', why: 'it is a text for people' };
  if (check['type'] === 'custom') {
    return { kind: 'none', why: `the engine ${String(check['engine'] ?? '')} is not run here` };
  }
  const rule = recordRule(check, column);
  if (rule !== undefined) return rule;
  const operator = operatorOf(check);
  const metric = metricOf(check, column, columns);
  if (typeof metric === 'string') return { kind: 'none', why: metric };
  if (operator === undefined) return { kind: 'none', why: 'it states no operator' };
  return { kind: 'measure', metric, operator, unit: check['unit'] === 'percent' ? 'percent' : 'rows' };
}

/** The checks that compile into the judge: see compileRules. */
function recordRule(check: Fields, column: Column | undefined): QualityCheck['run'] | undefined {
  const isAbsolute = check['mustBe'] === 0 && (check['severity'] ?? 'error') === 'error';
  if (!isAbsolute || column === undefined) return undefined;
  if (check['metric'] === 'nullValues') {
    return { kind: 'record-rule', column: column.source, reasons: ['required'] };
  }
  if (check['metric'] !== 'invalidValues') return undefined;
  const stated = check['arguments'] as Fields | undefined;
  const reasons = [
    ...(Array.isArray(stated?.['validValues']) ? ['enum'] : []),
    ...(typeof stated?.['pattern'] === 'string' ? ['pattern'] : []),
  ];
  return reasons.length === 0 ? undefined : { kind: 'record-rule', column: column.source, reasons };
}

const OPERATORS = [
  'mustBe',
  'mustNotBe',
  'mustBeGreaterThan',
  'mustBeGreaterOrEqualTo',
  'mustBeLessThan',
  'mustBeLessOrEqualTo',
  'mustBeBetween',
  'mustNotBeBetween',
] as const;

function operatorOf(check: Fields): QualityOperator | undefined {
  const operator = OPERATORS.find((each) => check[each] !== undefined);
  return operator === undefined
    ? undefined
    : ({ operator, operand: check[operator] } as unknown as QualityOperator);
}

/** The metric, or why there is none. */
function metricOf(
  check: Fields,
  column: Column | undefined,
  columns: readonly Column[],
): QualityMetric | string {
  if (check['type'] === 'sql') return sqlMetric(check, column);
  const stated = (check['arguments'] ?? {}) as Fields;
  const metric = check['metric'];
  if (metric === 'rowCount') return { metric: 'rowCount' };
  if (metric === 'duplicateValues') return duplicateMetric(stated, column, columns);
  if (column === undefined) return `${String(metric)} needs a property to look at`;
  switch (metric) {
    case 'nullValues':
      return { metric, column: column.name };
    case 'missingValues':
      return {
        metric,
        column: column.name,
        values: Array.isArray(stated['missingValues']) ? stated['missingValues'] : [],
      };
    case 'invalidValues':
      return {
        metric,
        column: column.name,
        ...(Array.isArray(stated['validValues']) ? { validValues: stated['validValues'] as unknown[] } : {}),
        ...(typeof stated['pattern'] === 'string' ? { pattern: stated['pattern'] } : {}),
      };
    default:
      return `the metric ${String(metric)} is not one of the standard`;
  }
}

function duplicateMetric(
  stated: Fields,
  column: Column | undefined,
  columns: readonly Column[],
): QualityMetric | string {
  if (column !== undefined) return { metric: 'duplicateValues', columns: [column.name] };
  const names = Array.isArray(stated['properties']) ? stated['properties'].map(String) : [];
  const found = names.map((name) => columns.find(({ source }) => source === name)?.name);
  if (names.length === 0) return 'duplicateValues of an object needs arguments.properties';
  const missing = names.find((_, i) => found[i] === undefined);
  return missing === undefined
    ? { metric: 'duplicateValues', columns: found as string[] }
    : `${missing} is not a property of the object`;
}

/** Names of the object and property stand in for `${object}` and `${property}`, also without the dollar. */
function sqlMetric(check: Fields, column: Column | undefined): QualityMetric | string {
  const query = check['query'];
  if (typeof query !== 'string') return 'it states no query';
  const text = query.replaceAll(/\$?\{(object|property|table|column|model|field)\}/g, (_, word: string) =>
    ['property', 'column', 'field'].includes(word) ? quoted(column?.name ?? '') : SQL_RELATION,
  );
  return { metric: 'sql', query: text };
}

/** Name of the relation that queries of checks read. */
export const SQL_RELATION = 'object_rows';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
