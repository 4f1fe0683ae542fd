import { JudgedPairs } from '../compatibility/judged-pairs.ts';
import type { ComparisonBudget, Violation } from '../compatibility/violation.ts';
import { jsonPointer, schemaBounds, type SchemaPath } from '../schema-problem.ts';
import {
  describeAvro,
  isAvroNamed,
  unqualifiedName,
  type AvroEnum,
  type AvroField,
  type AvroFixed,
  type AvroNamed,
  type AvroRecord,
  type AvroSchema,
} from './avro-schema.ts';

/** Reader types each writer type is promoted to ("Schema Resolution"). */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/**
 * Whether data written with `writer` can be read with `reader`, by "Schema Resolution" of the Avro 1.12 specification. Names
 * match by their last part or by an alias of the reader. No violation means compatible.
 */
export function judgeAvro(
  reader: AvroSchema,
  writer: AvroSchema,
  budget: ComparisonBudget,
): readonly Violation[] {
  return new AvroComparison(budget).judge(reader, writer, []);
}

const compatible: readonly Violation[] = [];

class AvroComparison {
  private readonly budget: ComparisonBudget;
  private readonly pairs = new JudgedPairs<AvroNamed>();

  constructor(budget: ComparisonBudget) {
    this.budget = budget;
  }

  judge(reader: AvroSchema, writer: AvroSchema, path: SchemaPath): readonly Violation[] {
    const compare = () => this.budget.within(() => this.resolve(reader, writer, path));
    return isAvroNamed(reader) && isAvroNamed(writer) ? this.pairs.judge(reader, writer, compare) : compare();
  }

  private resolve(reader: AvroSchema, writer: AvroSchema, path: SchemaPath): readonly Violation[] {
    if (writer.kind === 'union') return this.fromUnion(reader, writer.branches, path);
    if (reader.kind === 'union') return this.intoUnion(reader.branches, writer, path);
    if (reader.kind === 'array' && writer.kind === 'array') {
      return this.judge(reader.items, writer.items, [...path, 'items']);
    }
    if (reader.kind === 'map' && writer.kind === 'map') {
      return this.judge(reader.values, writer.values, [...path, 'values']);
    }
    if (reader.kind === 'record' && writer.kind === 'record') return this.intoRecord(reader, writer, path);
    if (reader.kind === 'enum' && writer.kind === 'enum') return intoEnum(reader, writer, path);
    if (reader.kind === 'fixed' && writer.kind === 'fixed') return intoFixed(reader, writer, path);
    if (reader.kind === writer.kind) return sameDecimal(reader, writer, path);
    if (promotions[writer.kind]?.includes(reader.kind) === true) return sameDecimal(reader, writer, path);
    return [
      violation(
        path,
        'type-mismatch',
        `a reader of ${describeAvro(reader)} cannot read ${describeAvro(writer)}`,
        promotions[reader.kind]?.includes(writer.kind) === true
          ? `Keep ${writer.kind}: it is wider than ${reader.kind}.`
          : `Keep the type, or use a union that holds ${describeAvro(writer)} as well.`,
      ),
    ];
  }

  private fromUnion(
    reader: AvroSchema,
    branches: readonly AvroSchema[],
    path: SchemaPath,
  ): readonly Violation[] {
    const violations: Violation[] = [];
    for (const branch of branches) {
      const inner = this.judge(reader, branch, path);
      if (inner.length > 0 && reader.kind !== 'union') {
        const message = `the writer may send ${describeAvro(branch)}, which a reader of ${describeAvro(reader)} cannot read`;
        violations.push(
          violation(path, 'union-branch-missing', message, `Add ${describeAvro(branch)} to the type.`),
        );
      } else violations.push(...inner);
    }
    return violations;
  }

  private intoUnion(
    branches: readonly AvroSchema[],
    writer: AvroSchema,
    path: SchemaPath,
  ): readonly Violation[] {
    let closest: readonly Violation[] | undefined;
    for (const [index, branch] of branches.entries()) {
      const violations = this.judge(branch, writer, [...path, index]);
      if (violations.length === 0) return compatible;
      if (branch.kind === writer.kind && closest === undefined) closest = violations;
    }
    const message = `no branch of the reader's union reads ${describeAvro(writer)}`;
    return [
      violation(path, 'union-branch-missing', message, `Keep ${describeAvro(writer)} in the union.`),
      ...(closest ?? []),
    ];
  }

  private intoRecord(reader: AvroRecord, writer: AvroRecord, path: SchemaPath): readonly Violation[] {
    if (!isSameName(reader, writer)) return [nameMismatch(reader, writer, path)];
    const fieldsOfWriter = new Map(writer.fields.map((field) => [field.name, field]));
    const violations: Violation[] = [];
    for (const [index, field] of reader.fields.entries()) {
      if (violations.length >= schemaBounds.violationsMax) break;
      const at = [...path, 'fields', index];
      const sources = writerFieldsOf(field, fieldsOfWriter);
      const [source] = sources;
      if (sources.length > 1) violations.push(ambiguousAlias(field, sources, at));
      else if (source !== undefined) violations.push(...this.judge(field.type, source.type, [...at, 'type']));
      else if (field.default === undefined) violations.push(defaultMissing(reader, field, at));
    }
    return violations;
  }
}

/** The writer's fields that the reader's field takes its value from: by name, else by alias. */
function writerFieldsOf(field: AvroField, fields: ReadonlyMap<string, AvroField>): readonly AvroField[] {
  const names = [field.name, ...field.aliases];
  return names.flatMap((name, index) => (names.indexOf(name) === index ? (fields.get(name) ?? []) : []));
}

function intoEnum(reader: AvroEnum, writer: AvroEnum, path: SchemaPath): readonly Violation[] {
  if (!isSameName(reader, writer)) return [nameMismatch(reader, writer, path)];
  if (reader.default !== undefined) return compatible;
  const known = new Set(reader.symbols);
  const missing = writer.symbols.filter((symbol) => !known.has(symbol));
  if (missing.length === 0) return compatible;
  const message = `${reader.fullName} does not know the symbol${missing.length === 1 ? '' : 's'} ${shortList(missing)}`;
  const fix = `Keep ${shortList(missing)}, or give the enum a default.`;
  return [violation([...path, 'symbols'], 'enum-symbol-missing', message, fix)];
}

function intoFixed(reader: AvroFixed, writer: AvroFixed, path: SchemaPath): readonly Violation[] {
  if (!isSameName(reader, writer)) return [nameMismatch(reader, writer, path)];
  if (reader.size === writer.size) return sameDecimal(reader, writer, path);
  const message = `${reader.fullName} has ${reader.size} bytes for the reader and ${writer.size} for the writer`;
  return [
    violation(
      [...path, 'size'],
      'fixed-size-changed',
      message,
      'Keep the size, or add a new field of a new type.',
    ),
  ];
}

/** Two decimals match when precision and scale do ("Decimal"); read otherwise, the point moves in silence. */
function sameDecimal(reader: AvroSchema, writer: AvroSchema, path: SchemaPath): readonly Violation[] {
  const [ours, theirs] = [decimalOf(reader), decimalOf(writer)];
  if (ours === undefined || theirs === undefined || ours === theirs) return compatible;
  const message = `decimal${theirs} would be read as decimal${ours}`;
  return [violation(path, 'decimal-changed', message, 'Keep precision and scale, or add a new field.')];
}

const decimalOf = (schema: AvroSchema): string | undefined =>
  'logicalType' in schema && schema.logicalType?.name === 'decimal'
    ? `(${schema.logicalType.precision},${schema.logicalType.scale})`
    : undefined;

const isSameName = (reader: AvroNamed, writer: AvroNamed): boolean =>
  unqualifiedName(reader.fullName) === unqualifiedName(writer.fullName) ||
  reader.aliases.includes(writer.fullName);

const nameMismatch = (reader: AvroNamed, writer: AvroNamed, path: SchemaPath): Violation =>
  violation(
    path,
    'name-mismatch',
    `the ${reader.kind} is called ${reader.fullName} by the reader and ${writer.fullName} by the writer`,
    `Keep the name, or add ${JSON.stringify(writer.fullName)} to the reader's aliases.`,
  );

const ambiguousAlias = (field: AvroField, sources: readonly AvroField[], path: SchemaPath): Violation =>
  violation(
    path,
    'alias-ambiguous',
    `the field ${field.name} could take its value from ${shortList(sources.map(({ name }) => name))}`,
    'Remove the alias: the writer has both fields.',
  );

const defaultMissing = (reader: AvroRecord, field: AvroField, path: SchemaPath): Violation =>
  violation(
    path,
    'default-missing',
    `the field ${field.name} of ${reader.fullName} is not written and has no default`,
    `Give ${field.name} a default, or keep writing it.`,
  );

const shortList = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;

const violation = (path: SchemaPath, rule: string, message: string, fix: string): Violation => ({
  path: jsonPointer(path),
  rule,
  message,
  fix,
});
