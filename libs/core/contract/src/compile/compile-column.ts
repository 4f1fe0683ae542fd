import type { Column, ColumnType, TimeEncoding } from '../compiled-contract.ts';
import { formatPath } from '../contract-problem.ts';
import type { ContractProblem, DocumentPath } from '../contract-problem.ts';
import type { ContractSource } from '../odcs/contract-source.ts';
import { customValue } from '../odcs/custom-properties.ts';
import type { OdcsProperty } from '../odcs/odcs.ts';
import { leafType } from './column-type.ts';
import type { TypeProblem } from './column-type.ts';
import { compileRules } from './compile-rules.ts';
import { isRecognisedTimeFormat } from './time-format.ts';

/** What is shared while the columns of one contract are built. */
export interface ColumnBuild {
  readonly source: ContractSource;
  readonly problems: ContractProblem[];
  columnsLeft: number;
}

/** Columns staging adds to every table. */
const STAGING_COLUMNS = new Set(['_topic', '_partition', '_offset', '_timestamp', '_ingested_at', '_batch']);
const NESTING_MAX = 64;

/** Compiles sibling properties; a property with a problem is left out and the problem noted. */
export function compileColumns(
  properties: readonly OdcsProperty[],
  path: DocumentPath,
  build: ColumnBuild,
  level: number,
): readonly Column[] {
  noteDoubledNames(properties, path, build);
  return properties.flatMap((property, i) => compileColumn(property, [...path, i], build, level) ?? []);
}

function compileColumn(
  property: OdcsProperty,
  path: DocumentPath,
  build: ColumnBuild,
  level: number,
  nameless = 'element',
): Column | undefined {
  if (level > NESTING_MAX || --build.columnsLeft < 0) {
    noteOnce(build, path, 'the contract has more than 5,000 properties or 64 levels of them');
    return undefined;
  }
  const name = property.physicalName ?? property.name ?? nameless;
  const nameProblem = level === 1 ? columnNameProblem(name) : nestedNameProblem(name);
  if (nameProblem !== undefined) note(build, path, 'column-name', nameProblem);
  const type = compileType(property, path, build, level);
  if (type === undefined) return undefined;
  const time = timeEncoding(property, type, path, build);
  const { rules, isRequired, problems } = compileRules(property, type, path, build.source);
  for (const problem of problems) note(build, path, 'rule', problem);
  return {
    name,
    source: property.name ?? nameless,
    type,
    required: property.required === true || isRequired,
    ...(time === undefined ? {} : { time }),
    rules,
    ...(property.classification === undefined ? {} : { classification: property.classification }),
    personal: isPersonal(property),
  };
}

function compileType(
  property: OdcsProperty,
  path: DocumentPath,
  build: ColumnBuild,
  level: number,
): ColumnType | undefined {
  const leaf = leafType(property);
  if (!leaf.ok) {
    note(build, path, 'type', leaf.error);
    return undefined;
  }
  if (leaf.value.kind !== 'nested') return leaf.value;
  switch (leaf.value.shape) {
    case 'struct':
      return { kind: 'struct', fields: structFields(property, path, build, level) };
    case 'array': {
      const element = compileColumn(property.items ?? {}, [...path, 'items'], build, level + 1);
      return element === undefined ? undefined : { kind: 'array', element };
    }
    case 'map': {
      const valueType = /,([^>]*)>/.exec(property.physicalType ?? '')?.[1]?.trim();
      const value = compileColumn(
        valueType === undefined ? {} : { physicalType: valueType },
        path,
        build,
        level + 1,
        'value',
      );
      return value === undefined ? undefined : { kind: 'map', value };
    }
  }
}

/** Inner columns; `logicalTypeOptions.required` of the object makes the named ones required. */
function structFields(
  property: OdcsProperty,
  path: DocumentPath,
  build: ColumnBuild,
  level: number,
): readonly Column[] {
  const required = property.logicalTypeOptions?.['required'];
  const names = new Set(Array.isArray(required) ? required.map(String) : []);
  const fields = compileColumns(property.properties ?? [], [...path, 'properties'], build, level + 1);
  return fields.map((field) => (names.has(field.source) ? { ...field, required: true } : field));
}

function timeEncoding(
  property: OdcsProperty,
  type: ColumnType,
  path: DocumentPath,
  build: ColumnBuild,
): TimeEncoding | undefined {
  const stated = customValue(property, 'headwater:timeEncoding') as TimeEncoding | undefined;
  const isInstant = type.kind === 'timestamp' || type.kind === 'timestampNtz';
  if (stated !== undefined && !isInstant) {
    note(build, path, 'custom-property', {
      key: 'customProperties',
      message: 'headwater:timeEncoding is on a property that is not a timestamp',
      fix: 'Make the property logicalType timestamp, or remove it.',
    });
  }
  const format = property.logicalTypeOptions?.['format'];
  if (
    (isInstant || type.kind === 'date') &&
    typeof format === 'string' &&
    !isRecognisedTimeFormat(type.kind, format)
  ) {
    note(build, path, 'time-format', {
      key: 'logicalTypeOptions.format',
      message: `values in the format ${format} cannot be parsed at staging`,
      fix:
        type.kind === 'date'
          ? 'Send dates as yyyy-MM-dd, or make the property a string.'
          : "Send instants as RFC 3339 (yyyy-MM-dd'T'HH:mm:ssXXX), use headwater:timeEncoding for numbers, or make the property a string.",
    });
  }
  return isInstant ? (stated ?? 'iso8601') : undefined;
}

/** Marked by us, by its classification or by a tag. */
export function isPersonal(property: OdcsProperty): boolean {
  const stated = customValue(property, 'headwater:personal');
  if (typeof stated === 'boolean') return stated;
  return [property.classification ?? '', ...(property.tags ?? [])].some((word) =>
    /\b(personal|pii)\b/i.test(word),
  );
}

/** Delta without column mapping refuses these characters; staging adds columns of its own. */
function columnNameProblem(name: string): TypeProblem | undefined {
  if (!STAGING_COLUMNS.has(name.toLowerCase())) return nestedNameProblem(name);
  return {
    key: 'name',
    message: `${name} is the name of a column staging adds to every row`,
    fix: 'Give the property another physicalName.',
  };
}

function nestedNameProblem(name: string): TypeProblem | undefined {
  if (name !== '' && !/[ ,;{}()\n\t=]/.test(name)) return undefined;
  return {
    key: 'name',
    message: `"${name}" cannot name a table column`,
    fix: 'Give the property a physicalName without spaces and , ; { } ( ) =.',
  };
}

/** Column names are compared without case, as Delta does; member names as they are. */
function noteDoubledNames(properties: readonly OdcsProperty[], path: DocumentPath, build: ColumnBuild): void {
  const names = new Set<string>();
  const sources = new Set<string>();
  for (const [i, property] of properties.entries()) {
    const name = (property.physicalName ?? property.name ?? '').toLowerCase();
    const source = property.name ?? '';
    if (names.has(name) || sources.has(source)) {
      note(build, [...path, i], 'column-name', {
        key: 'name',
        message: `two properties have the name ${property.physicalName ?? source} (case does not count in a table)`,
        fix: 'Give one of them another name or physicalName.',
      });
    }
    names.add(name);
    sources.add(source);
  }
}

function note(build: ColumnBuild, path: DocumentPath, rule: string, problem: TypeProblem): void {
  const at = [...path, ...problem.key.split('.')];
  build.problems.push({
    rule,
    severity: 'error',
    message: `${formatPath(path)}: ${problem.message}`,
    fix: problem.fix,
    path: formatPath(at),
    ...build.source.positionOf(at),
  });
}

function noteOnce(build: ColumnBuild, path: DocumentPath, message: string): void {
  if (build.problems.some((problem) => problem.rule === 'size')) return;
  note(build, path, 'size', {
    key: 'name',
    message,
    fix: 'Describe deep or wide parts as one object without properties.',
  });
}
