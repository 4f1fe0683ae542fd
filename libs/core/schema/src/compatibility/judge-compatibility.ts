import { err, ok, type Result } from '@headwater/kernel';
import { judgeAvro } from '../avro/judge-avro.ts';
import { parseAvro } from '../avro/parse-avro.ts';
import { judgeJsonSchema } from '../json-schema/judge-json-schema.ts';
import { parseJsonSchema } from '../json-schema/parse-json-schema.ts';
import { judgeProtobuf } from '../protobuf/judge-protobuf.ts';
import { parseProtobuf } from '../protobuf/parse-protobuf.ts';
import { schemaBounds, SchemaRefusal, type SchemaProblem } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';
import { jsonProblem } from '../text/json-text.ts';
import {
  directionsOf,
  versionsOf,
  type CompatibilityMode,
  type ReadingDirection,
  type RegistryKind,
  type SchemaType,
} from './mode.ts';
import { ComparisonTooLarge, createBudget, type ComparisonBudget, type Violation } from './violation.ts';

export interface CompatibilityQuestion {
  readonly type: SchemaType;
  readonly mode: CompatibilityMode;
  readonly candidate: SchemaSource;
  /** In order of registration, the newest last. */
  readonly existing: readonly SchemaSource[];
  /** Other schemas these may use, by the name they are referred to. */
  readonly references?: ReadonlyMap<string, SchemaSource>;
  /** Whose rules hold where registries differ. Default: apicurio. */
  readonly registry?: RegistryKind;
}

export type CompatibilityVerdict =
  | { readonly kind: 'judged'; readonly compatible: boolean; readonly violations: readonly Violation[] }
  /** `schema` says which one cannot be judged: `candidate`, or `existing 1` for the oldest. */
  | { readonly kind: 'unusable'; readonly schema: string; readonly problem: SchemaProblem };

/** Whether a change of schema keeps readers and writers together, with every reason why not. */
export function judgeCompatibility(question: CompatibilityQuestion): CompatibilityVerdict {
  const { mode, existing } = question;
  const read = readerOf(question);
  const candidate = read(question.candidate);
  if (!candidate.ok) return unusable('candidate', candidate.error);
  const budget = createBudget(schemaBounds);
  const violations: Violation[] = [];
  const skipped = existing.length - versionsOf(mode, existing).length;
  for (const [index, source] of existing.entries()) {
    const version = read(source);
    if (!version.ok) return unusable(`existing ${index + 1}`, version.error);
    if (index < skipped) continue;
    for (const direction of directionsOf(mode)) {
      const found = compareWithin(() => candidate.value.against(version.value, direction, budget));
      if (!found.ok) return unusable('candidate', found.error);
      violations.push(...found.value);
    }
  }
  return { kind: 'judged', compatible: violations.length === 0, violations: distinct(violations) };
}

/** A parsed schema that can be compared with another of its type. */
interface Comparable {
  against(existing: Comparable, direction: ReadingDirection, budget: ComparisonBudget): readonly Violation[];
  readonly parsed: unknown;
}

type Compare<T> = (reader: T, writer: T, budget: ComparisonBudget) => readonly Violation[];

function comparable<T>(parsed: T, compare: Compare<T>): Comparable {
  return {
    parsed,
    against(existing, direction, budget) {
      const other = existing.parsed as T;
      return direction === 'candidate-reads'
        ? compare(parsed, other, budget)
        : compare(other, parsed, budget);
    },
  };
}

function readerOf({ type, references, registry = 'apicurio' }: CompatibilityQuestion) {
  return (source: SchemaSource): Result<Comparable, SchemaProblem> => {
    if (type === 'AVRO') return mapped(parseAvro(source, references), judgeAvro);
    if (type === 'PROTOBUF') {
      return mapped(parseProtobuf(source), (reader, writer, budget) =>
        judgeProtobuf({ reader, writer, registry, budget, references }),
      );
    }
    return mapped(parseJsonSchema(source, references), (reader, writer, budget) =>
      judgeJsonSchema({ reader, writer, registry, budget }),
    );
  };
}

const mapped = <T>(
  parsed: Result<T, SchemaProblem>,
  compare: Compare<T>,
): Result<Comparable, SchemaProblem> => (parsed.ok ? ok(comparable(parsed.value, compare)) : parsed);

const unusable = (schema: string, problem: SchemaProblem): CompatibilityVerdict => ({
  kind: 'unusable',
  schema,
  problem,
});

function compareWithin(compare: () => readonly Violation[]): Result<readonly Violation[], SchemaProblem> {
  try {
    return ok(compare());
  } catch (error) {
    if (error instanceof ComparisonTooLarge) return err(tooLarge(error));
    if (error instanceof SchemaRefusal) return err(jsonProblem(undefined, error));
    throw error;
  }
}

function tooLarge({ bound }: ComparisonTooLarge): SchemaProblem {
  const message =
    bound === 'levels'
      ? `types are nested more than ${schemaBounds.levelsMax} levels deep`
      : `more than ${schemaBounds.comparisonsMax} pairs of types would have to be compared`;
  const fix = 'Split the schema, or give shared types a name of their own.';
  return { rule: bound === 'levels' ? 'too-deep' : 'too-large', message, fix, path: '', line: 1, column: 1 };
}

/** Two directions and several versions often break for the same reason. */
function distinct(violations: readonly Violation[]): readonly Violation[] {
  const byText = new Map(violations.map((one) => [`${one.path} ${one.rule} ${one.message}`, one]));
  return [...byText.values()].slice(0, schemaBounds.violationsMax);
}
