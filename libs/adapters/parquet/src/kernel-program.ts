import {
  isTooWide,
  type KernelColumn,
  type KernelProgram,
  type KernelType,
} from '@headwater/columnar-kernel';
import {
  compilePatternTable,
  readBound,
  type Column,
  type ColumnType,
  type CompiledContract,
  type TimeEncoding,
  type ValueRule,
} from '@headwater/core-contract';

/** 0001-01-01T00:00:00Z and the second after 9999-12-31T23:59:59Z. */
const SECONDS_MIN = -62_135_596_800n;
const SECONDS_END = 253_402_300_800n;

/** The program of a contract, or why the kernel cannot serve it. */
export type KernelPlan =
  | { readonly kind: 'program'; readonly program: KernelProgram }
  | { readonly kind: 'unknown'; readonly why: string };

/** Rules the kernel cannot judge exactly make their column guarded, never wrong [K2]. */
export function planKernel(contract: CompiledContract, schemaIds: readonly number[]): KernelPlan {
  const partitioned = new Set(contract.partitionColumns.map(({ column }) => column));
  const columns = contract.columns.map((column) => toKernelColumn(column, partitioned.has(column.name)));
  if (isTooWide(columns)) return { kind: 'unknown', why: 'the contract has more than 10,000 properties' };
  if (hasPathTwice(contract.columns)) {
    return { kind: 'unknown', why: 'two properties read the same member' };
  }
  return {
    kind: 'program',
    program: {
      columns,
      unknownIsDoubt: contract.unknownMembers === 'refuse',
      valueBytesMax: contract.recordBytesMax,
      schemaIds,
    },
  };
}

const hasPathTwice = (columns: readonly Column[]): boolean =>
  new Set(columns.map(({ source }) => source)).size < columns.length ||
  columns.some(({ type }) => hasPathTwice(innerColumns(type)));

const innerColumns = (type: ColumnType): readonly Column[] => {
  if (type.kind === 'struct') return type.fields;
  if (type.kind === 'array') return [type.element];
  return type.kind === 'map' ? [type.value] : [];
};

function toKernelColumn(column: Column, isPartition = false): KernelColumn {
  const type = toKernelType(column, isPartition);
  return { source: column.source, type, isRequired: column.required, isGuarded: isGuarded(column) };
}

/** True when a rule of the column itself is beyond the kernel. */
function isGuarded({ type, rules }: Column): boolean {
  switch (type.kind) {
    case 'string':
      return rules.some((rule) => rule.rule === 'pattern' && !compilePatternTable(rule.pattern).ok);
    case 'float':
    case 'double':
      return (
        rules.some(({ rule }) => rule === 'enum' || rule === 'multipleOf') ||
        rules.filter(({ rule }) => rule === 'minimum').length > 1 ||
        rules.filter(({ rule }) => rule === 'maximum').length > 1
      );
    case 'decimal':
      return type.precision > 18 && rules.some(({ rule }) => rule === 'enum' || rule === 'multipleOf');
    case 'integer':
    case 'date':
    case 'timestamp':
    case 'timestampNtz':
      return rules.filter(({ rule }) => rule === 'multipleOf').length > 1;
    case 'boolean':
    case 'binary':
    case 'json':
    case 'struct':
    case 'array':
    case 'map':
      return false;
  }
}

function toKernelType(column: Column, isPartition: boolean): KernelType {
  const { type, rules } = column;
  switch (type.kind) {
    case 'string':
      return { kind: 'text', ...textRules(rules), refusesEmpty: isPartition };
    case 'json':
    case 'boolean':
    case 'binary':
      return { kind: type.kind };
    case 'integer': {
      const most = 2n ** BigInt(type.bits - 1) - 1n;
      const width = (type.bits / 8) as 1 | 2 | 4 | 8;
      return { kind: 'whole', width, scale: 0, ...wholeRules(column, -most - 1n, most) };
    }
    case 'decimal':
      return decimalType(column, type);
    case 'float':
    case 'double':
      return { kind: type.kind, ...realRules(type.kind, rules) };
    case 'date':
      return { kind: 'date', ...wholeRules(column, -(2n ** 31n), 2n ** 31n - 1n) };
    case 'timestamp':
    case 'timestampNtz':
      return timeType(column);
    case 'struct':
      return { kind: 'struct', members: type.fields.map((field) => toKernelColumn(field)) };
    case 'array':
      return { kind: 'array', element: toKernelColumn(type.element), ...countRules(rules) };
    case 'map':
      return { kind: 'map', value: toKernelColumn(type.value), ...countRules(rules) };
  }
}

const isEpoch = (time: TimeEncoding | undefined): time is Exclude<TimeEncoding, 'iso8601'> =>
  time !== undefined && time !== 'iso8601';

const EPOCH_SCALE = { epochSeconds: 6, epochMillis: 3, epochMicros: 0, epochNanos: -3 } as const;

function timeType(column: Column): KernelType {
  const rules = wholeRules(column, SECONDS_MIN * 1_000_000n, SECONDS_END * 1_000_000n - 1n);
  if (isEpoch(column.time)) return { kind: 'whole', width: 8, scale: EPOCH_SCALE[column.time], ...rules };
  return { kind: 'timestamp', hasZone: column.type.kind === 'timestamp', ...rules };
}

function decimalType(column: Column, type: Extract<ColumnType, { kind: 'decimal' }>): KernelType {
  const { precision, scale } = type;
  const most = 10n ** BigInt(precision) - 1n;
  const rules = wholeRules(column, -most, most);
  if (precision > 18) {
    const isEmpty = rules.least > rules.most;
    return {
      kind: 'wide',
      scale,
      precision,
      least: isEmpty ? 1n : rules.least,
      most: isEmpty ? 0n : rules.most,
    };
  }
  return { kind: 'whole', width: precision <= 4 ? 2 : precision <= 9 ? 4 : 8, scale, ...rules };
}

function wholeRules({ type, rules }: Column, least: bigint, most: bigint) {
  let step = 0n;
  let choices: bigint[] | undefined;
  for (const rule of rules) {
    switch (rule.rule) {
      case 'minimum': {
        const bound = readBound(type, rule.value, 'up', rule.exclusive);
        if (bound !== undefined && bound > least) least = bound;
        break;
      }
      case 'maximum': {
        const bound = readBound(type, rule.value, 'down', rule.exclusive);
        if (bound !== undefined && bound < most) most = bound;
        break;
      }
      case 'multipleOf':
        step = readBound(type, rule.value, 'exact') ?? 0n;
        break;
      case 'enum': {
        const values = rule.values
          .map((value) => readBound(type, value, 'exact'))
          .filter((value) => value !== undefined);
        choices = choices === undefined ? values : choices.filter((value) => values.includes(value));
        break;
      }
      case 'pattern':
      case 'minLength':
      case 'maxLength':
        break;
    }
  }
  return { least, most, step, choices };
}

function realRules(kind: 'float' | 'double', rules: readonly ValueRule[]) {
  const bounds = { lowest: -Infinity, highest: Infinity, isAbove: false, isBelow: false };
  const hold = (text: string): number => (kind === 'float' ? Math.fround(Number(text)) : Number(text));
  for (const rule of rules) {
    if (rule.rule === 'minimum') {
      bounds.lowest = hold(rule.value);
      bounds.isAbove = rule.exclusive;
    } else if (rule.rule === 'maximum') {
      bounds.highest = hold(rule.value);
      bounds.isBelow = rule.exclusive;
    }
  }
  return bounds;
}

function textRules(rules: readonly ValueRule[]) {
  let lengthMin = 0;
  let lengthMax = Infinity;
  let words: readonly string[] | undefined;
  const patterns = [];
  for (const rule of rules) {
    if (rule.rule === 'minLength') lengthMin = Math.max(lengthMin, rule.value);
    else if (rule.rule === 'maxLength') lengthMax = Math.min(lengthMax, rule.value);
    else if (rule.rule === 'enum') {
      const { values } = rule;
      words = words === undefined ? values : words.filter((word) => values.includes(word));
    } else if (rule.rule === 'pattern') {
      const table = compilePatternTable(rule.pattern);
      if (table.ok) patterns.push(table.value);
    }
  }
  return { lengthMin, lengthMax, words, patterns };
}

function countRules(rules: readonly ValueRule[]) {
  let countMin = 0;
  let countMax = Infinity;
  for (const rule of rules) {
    if (rule.rule === 'minLength') countMin = Math.max(countMin, rule.value);
    if (rule.rule === 'maxLength') countMax = Math.min(countMax, rule.value);
  }
  return { countMin, countMax };
}
