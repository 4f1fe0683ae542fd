import { formatPath } from '../contract-problem.ts';
import type { ContractProblem, DocumentPath } from '../contract-problem.ts';
import type { ContractSource } from './contract-source.ts';
import { nearestWord } from './nearest-word.ts';
import { SERVER_TYPES } from './odcs-servers.ts';
import type { StructureIssue } from './odcs-structure.ts';

const PROBLEMS_MAX = 100;

/** Words a contract can use as keys, for suggestions. */
const KEYS = (
  'version kind apiVersion id name tenant tags status servers dataProduct description usage purpose limitations ' +
  'authoritativeDefinitions customProperties domain schema support price team roles slaDefaultElement slaProperties ' +
  'contractCreatedTs property value valueExt unit element driver schedule scheduler url type channel tool scope ' +
  'invitationUrl members username role dateIn dateOut replacedByUsername access firstLevelApprovers ' +
  'secondLevelApprovers physicalName physicalType businessName dataGranularityDescription properties items ' +
  'relationships quality primaryKey primaryKeyPosition logicalType logicalTypeOptions required unique partitioned ' +
  'partitionKeyPosition classification encryptedName transformSourceObjects transformLogic transformDescription ' +
  'examples criticalDataElement minLength maxLength pattern format minimum maximum exclusiveMinimum ' +
  'exclusiveMaximum multipleOf timezone defaultTimezone minItems maxItems uniqueItems minProperties maxProperties ' +
  'businessImpact dimension method severity metric rule arguments query engine implementation mustBe mustNotBe ' +
  'mustBeGreaterThan mustBeGreaterOrEqualTo mustBeLessThan mustBeLessOrEqualTo mustBeBetween mustNotBeBetween ' +
  'server environment host port database format path location priceAmount priceCurrency priceUnit from to'
).split(' ');

/** Turns what the structure check found into problems with positions and fixes, in order of position. */
export function toProblems(
  issues: readonly StructureIssue[],
  data: unknown,
  source: ContractSource,
): readonly ContractProblem[] {
  return issues
    .flatMap((issue) => flatten(issue))
    .slice(0, PROBLEMS_MAX)
    .flatMap((issue) => toProblem(issue, data, source));
}

interface FlatIssue {
  readonly issue: StructureIssue;
  readonly path: DocumentPath;
}

/** Of a union, the branch that came closest: its problems lie deepest. */
function flatten(issue: StructureIssue, parent: DocumentPath = []): readonly FlatIssue[] {
  const path = [...parent, ...(issue.path as DocumentPath)];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ issue, path }];
  const branches = issue.errors.map((errors) => errors.flatMap((inner) => flatten(inner, path)));
  const depth = (branch: readonly FlatIssue[]): number => Math.max(...branch.map((flat) => flat.path.length));
  return branches.reduce((best, branch) => (depth(branch) > depth(best) ? branch : best));
}

function toProblem(flat: FlatIssue, data: unknown, source: ContractSource): readonly ContractProblem[] {
  const { issue, path } = flat;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], source));
  const problem = { severity: 'error' as const, path: formatPath(path) };
  const key = path.at(-1);
  if (issue.code === 'invalid_type' && valueAt(data, path) === undefined) {
    return [
      {
        ...problem,
        rule: 'missing-key',
        message: `${formatPath(path)} is missing`,
        fix: `Add ${String(key)} (${issue.expected}).`,
        ...source.positionOf(path),
      },
    ];
  }
  return [
    {
      ...problem,
      rule: RULES[issue.code] ?? 'structure',
      message: `${path.length === 0 ? 'the contract' : formatPath(path)} ${messageFor(issue, valueAt(data, path))}`,
      fix: fixFor(issue, valueAt(data, path), source.scalarText(path)),
      ...source.positionOf(path),
    },
  ];
}

const RULES: Readonly<Record<string, string>> = {
  invalid_value: 'unknown-value',
  invalid_union: 'unknown-value',
  invalid_type: 'wrong-type',
};

function messageFor(issue: StructureIssue, value: unknown): string {
  if (issue.code === 'invalid_type')
    return `is ${aOrAn(nameType(value))}, ${aOrAn(issue.expected)} is expected`;
  if (issue.code === 'invalid_value') return `is not one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_union') return 'is not a server type of ODCS v3.1.0';
  return `is not right: ${issue.message}`;
}

const nameType = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'number' && !Number.isFinite(value)
        ? 'infinite number'
        : typeof value;

function unknownKey(path: DocumentPath, source: ContractSource): ContractProblem {
  const key = String(path.at(-1));
  const meant = nearestWord(key, KEYS);
  return {
    rule: 'unknown-key',
    severity: 'error',
    path: formatPath(path),
    message: `${formatPath(path)} is not a key of ODCS v3.1.0 at this place`,
    fix:
      meant === undefined || meant === key
        ? 'Move it to where the standard has it, or into customProperties.'
        : `Write ${meant} if that is what you mean, or move it into customProperties.`,
    ...source.positionOfKey(path),
  };
}

function fixFor(issue: StructureIssue, value: unknown, written: string | undefined): string {
  if (issue.code === 'invalid_value' || issue.code === 'invalid_union') {
    const allowed = issue.code === 'invalid_value' ? issue.values.map(String) : SERVER_TYPES;
    const meant = typeof value === 'string' ? nearestWord(value, allowed) : undefined;
    return meant === undefined ? `Use one of ${allowed.join(', ')}.` : `Write ${meant}.`;
  }
  if (
    issue.code === 'invalid_type' &&
    issue.expected === 'string' &&
    written !== undefined &&
    written !== ''
  ) {
    return `Put it in quotes: "${written}".`;
  }
  if (issue.code === 'invalid_type') return `Write ${aOrAn(issue.expected)} here.`;
  return 'Change it as the message says.';
}

const aOrAn = (word: string): string =>
  word === 'null' ? word : `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;

function valueAt(data: unknown, path: DocumentPath): unknown {
  let value = data;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return value;
}
