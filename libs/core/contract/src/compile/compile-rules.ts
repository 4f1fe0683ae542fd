import type { ColumnType, ValueRule } from '../compiled-contract.ts';
import type { DocumentPath } from '../contract-problem.ts';
import { readBound } from '../judge/rule-bound.ts';
import type { ContractSource } from '../odcs/contract-source.ts';
import type { OdcsProperty, OdcsQuality } from '../odcs/odcs.ts';
import { compilePattern } from '../pattern/linear-pattern.ts';
import { impliedBounds } from './column-type.ts';
import type { TypeProblem } from './column-type.ts';

export interface CompiledRules {
  readonly rules: readonly ValueRule[];
  /** The quality checks of the property ask that no value is null. */
  readonly isRequired: boolean;
  /** `key` is a dotted path below the property. */
  readonly problems: readonly TypeProblem[];
}

const TIME_PATTERN = '^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?$';

/** Rules of one property: its logicalTypeOptions, then those of its quality checks that hold for each value by itself. */
export function compileRules(
  property: OdcsProperty,
  type: ColumnType,
  path: DocumentPath,
  source: ContractSource,
): CompiledRules {
  const rules: ValueRule[] = [];
  const problems: TypeProblem[] = [];
  const add = (key: string, rule: ValueRule): void => {
    const problem = ruleProblem(type, rule);
    if (problem === undefined) rules.push(rule);
    else problems.push({ key, ...problem });
  };
  if (property.logicalType === 'time') add('logicalType', { rule: 'pattern', pattern: TIME_PATTERN });
  const implied = impliedBounds(property);
  if (implied !== undefined) add('logicalTypeOptions.format', bound('minimum', implied.minimum));
  if (implied?.maximum !== undefined) add('logicalTypeOptions.format', bound('maximum', implied.maximum));
  for (const [option, value] of Object.entries(property.logicalTypeOptions ?? {})) {
    const written = writtenValue(value, source.scalarText([...path, 'logicalTypeOptions', option]));
    const rule = optionRule(option, written);
    if (rule !== undefined && type.kind !== 'json') add(`logicalTypeOptions.${option}`, rule);
  }
  for (const [i, check] of (property.quality ?? []).entries()) {
    for (const rule of qualityRules(check, i, path, source)) add(`quality[${i}]`, rule);
  }
  return { rules, isRequired: (property.quality ?? []).some(asksForNoNulls), problems };
}

/** The value as text: numbers with the digits they are written with, when those are digits JSON has too. */
function writtenValue(value: unknown, text: string | undefined): string {
  const isExact =
    typeof value === 'number' && /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text ?? '');
  return isExact ? text! : String(value);
}

const bound = (rule: 'minimum' | 'maximum', value: string, exclusive = false): ValueRule => ({
  rule,
  value,
  exclusive,
});

function optionRule(option: string, written: string): ValueRule | undefined {
  switch (option) {
    case 'minimum':
      return bound('minimum', written);
    case 'exclusiveMinimum':
      return bound('minimum', written, true);
    case 'maximum':
      return bound('maximum', written);
    case 'exclusiveMaximum':
      return bound('maximum', written, true);
    case 'multipleOf':
      return { rule: 'multipleOf', value: written };
    case 'pattern':
      return { rule: 'pattern', pattern: written };
    case 'minLength':
    case 'minItems':
      return { rule: 'minLength', value: Number(written) };
    case 'maxLength':
    case 'maxItems':
      return { rule: 'maxLength', value: Number(written) };
    default:
      return undefined;
  }
}

/** A check that tolerates nothing and is an error (the default) is a rule of every value. */
const isAbsolute = (check: OdcsQuality): boolean =>
  check.mustBe === 0 && (check.severity === undefined || check.severity === 'error');

const asksForNoNulls = (check: OdcsQuality): boolean => check.metric === 'nullValues' && isAbsolute(check);

function qualityRules(
  check: OdcsQuality,
  index: number,
  path: DocumentPath,
  source: ContractSource,
): readonly ValueRule[] {
  if (check.metric !== 'invalidValues' || !isAbsolute(check)) return [];
  const rules: ValueRule[] = [];
  const { validValues, pattern } = check.arguments ?? {};
  if (Array.isArray(validValues)) {
    const values = validValues.flatMap((value: unknown, i) =>
      value === null
        ? []
        : [
            writtenValue(
              value,
              source.scalarText([...path, 'quality', index, 'arguments', 'validValues', i]),
            ),
          ],
    );
    rules.push({ rule: 'enum', values });
  }
  if (typeof pattern === 'string') rules.push({ rule: 'pattern', pattern });
  return rules;
}

const RULES_BY_KIND: Readonly<Partial<Record<ColumnType['kind'], readonly ValueRule['rule'][]>>> = {
  string: ['enum', 'pattern', 'minLength', 'maxLength'],
  integer: ['enum', 'minimum', 'maximum', 'multipleOf'],
  decimal: ['enum', 'minimum', 'maximum', 'multipleOf'],
  double: ['enum', 'minimum', 'maximum', 'multipleOf'],
  float: ['enum', 'minimum', 'maximum', 'multipleOf'],
  date: ['enum', 'minimum', 'maximum'],
  timestamp: ['enum', 'minimum', 'maximum'],
  timestampNtz: ['enum', 'minimum', 'maximum'],
  array: ['minLength', 'maxLength'],
  map: ['minLength', 'maxLength'],
};

function ruleProblem(type: ColumnType, rule: ValueRule): Omit<TypeProblem, 'key'> | undefined {
  if (!(RULES_BY_KIND[type.kind] ?? []).includes(rule.rule)) {
    return {
      message: `a ${rule.rule} rule cannot be judged on a ${type.kind} column`,
      fix: 'Remove the rule, or change the type of the property.',
    };
  }
  if (rule.rule === 'pattern') {
    const pattern = compilePattern(rule.pattern);
    return pattern.ok
      ? undefined
      : {
          message: `the pattern cannot be used: ${pattern.error}`,
          fix: 'Write the pattern without that part.',
        };
  }
  if (rule.rule === 'minLength' || rule.rule === 'maxLength') return undefined;
  const texts = rule.rule === 'enum' ? rule.values : [rule.value];
  const wrong = texts.find((text) => !fits(type, rule, text));
  return wrong === undefined
    ? undefined
    : {
        message: `${wrong} is not a value of a ${type.kind} column`,
        fix: FIX_BY_KIND[type.kind] ?? 'Write a plain number.',
      };
}

const FIX_BY_KIND: Readonly<Partial<Record<ColumnType['kind'], string>>> = {
  date: 'Write the date as 2026-01-31.',
  timestamp: 'Write the instant as "2026-01-31T00:00:00Z".',
  timestampNtz: 'Write the local time as "2026-01-31T00:00:00".',
};

function fits(type: ColumnType, rule: ValueRule, text: string): boolean {
  if (type.kind === 'string') return true;
  if (type.kind === 'double' || type.kind === 'float') {
    return (
      text.trim() !== '' && Number.isFinite(Number(text)) && (rule.rule !== 'multipleOf' || Number(text) > 0)
    );
  }
  const isBound = rule.rule === 'minimum' || rule.rule === 'maximum';
  const value = readBound(type, text, isBound ? (rule.rule === 'minimum' ? 'up' : 'down') : 'exact');
  return value !== undefined && (rule.rule !== 'multipleOf' || value > 0n);
}
