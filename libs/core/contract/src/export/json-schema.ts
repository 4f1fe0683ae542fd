import type { Column, ColumnType, CompiledContract, ValueRule } from '../compiled-contract.ts';

/** JSON with numbers that may have more digits than a double. */
type Schema = Readonly<Record<string, unknown>>;

/** A number written as it is. `JSON.rawJSON` is in the runtime (ECMAScript proposal JSON.parse source text access). */
const written = (digits: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);

/**
 * The contract as JSON Schema draft-07, for registries and clients. It accepts every record the judge accepts; what a
 * schema cannot say (duplicate keys, exactness of decimals and times) is left to the judge. The same contract gives the
 * same text.
 */
export function toJsonSchema(contract: CompiledContract): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: contract.contractId,
    ...objectSchema(contract.columns, contract.unknownMembers === 'refuse'),
  };
  return JSON.stringify(schema, null, 2);
}

function objectSchema(columns: readonly Column[], isClosed: boolean): Schema {
  const required = columns.filter((column) => column.required).map((column) => column.source);
  return {
    type: 'object',
    properties: Object.fromEntries(columns.map((column) => [column.source, columnSchema(column, isClosed)])),
    ...(required.length === 0 ? {} : { required }),
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}

function columnSchema(column: Column, isClosed: boolean): Schema {
  const schema = { ...typeSchema(column, isClosed), ...ruleSchema(column) };
  if (column.required || schema['type'] === undefined) return column.required ? notNull(schema) : schema;
  const values = schema['enum'];
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  };
}

/** A required `json` column takes any value but null. */
const notNull = (schema: Schema): Schema =>
  schema['type'] === undefined ? { ...schema, not: { type: 'null' } } : schema;

function typeSchema(column: Column, isClosed: boolean): Schema {
  const { type } = column;
  switch (type.kind) {
    case 'string':
    case 'boolean':
      return { type: type.kind };
    case 'integer':
      return { type: 'integer', ...integerRange(type.bits) };
    case 'float':
    case 'double':
      return { type: 'number' };
    case 'decimal':
      return type.scale === 0
        ? { type: 'integer', ...decimalRange(type) }
        : { type: 'number', ...decimalRange(type) };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'timestamp':
    case 'timestampNtz':
      return timeSchema(column);
    case 'binary':
      return { type: 'string', contentEncoding: 'base64' };
    case 'json':
      return {};
    case 'struct':
      return objectSchema(type.fields, isClosed);
    case 'array':
      return { type: 'array', items: columnSchema(type.element, isClosed) };
    case 'map':
      return { type: 'object', additionalProperties: columnSchema(type.value, isClosed) };
  }
}

function timeSchema({ type, time = 'iso8601' }: Column): Schema {
  if (time === 'epochSeconds' || time === 'epochMillis') return { type: 'number' };
  if (time !== 'iso8601') return { type: 'integer' };
  return type.kind === 'timestamp'
    ? { type: 'string', format: 'date-time' }
    : { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?$' };
}

function integerRange(bits: 8 | 16 | 32 | 64): Schema {
  const half = 2n ** BigInt(bits - 1);
  return { minimum: written(String(-half)), maximum: written(String(half - 1n)) };
}

function decimalRange({ precision, scale }: Extract<ColumnType, { kind: 'decimal' }>): Schema {
  const bound = 10n ** BigInt(precision - scale);
  return { exclusiveMinimum: written(String(-bound)), exclusiveMaximum: written(String(bound)) };
}

function ruleSchema(column: Column): Schema {
  return Object.assign({}, ...column.rules.map((rule) => oneRule(column.type, rule))) as Schema;
}

function oneRule(type: ColumnType, rule: ValueRule): Schema {
  switch (rule.rule) {
    case 'enum':
      return { enum: isNumeric(type) ? rule.values.map(written) : rule.values };
    case 'pattern':
      return { pattern: rule.pattern };
    case 'minimum':
      return isNumeric(type)
        ? { [rule.exclusive ? 'exclusiveMinimum' : 'minimum']: written(rule.value) }
        : {};
    case 'maximum':
      return isNumeric(type)
        ? { [rule.exclusive ? 'exclusiveMaximum' : 'maximum']: written(rule.value) }
        : {};
    case 'multipleOf':
      return type.kind === 'integer' ? { multipleOf: written(rule.value) } : {};
    case 'minLength':
      return { [LENGTH_KEYS[type.kind]?.[0] ?? 'minLength']: rule.value };
    case 'maxLength':
      return { [LENGTH_KEYS[type.kind]?.[1] ?? 'maxLength']: rule.value };
  }
}

const LENGTH_KEYS: Readonly<Partial<Record<ColumnType['kind'], readonly [string, string]>>> = {
  array: ['minItems', 'maxItems'],
  map: ['minProperties', 'maxProperties'],
};

const isNumeric = (type: ColumnType): boolean =>
  type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'double' || type.kind === 'float';
