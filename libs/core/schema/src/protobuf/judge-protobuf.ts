import type { RegistryKind } from '../compatibility/mode.ts';
import type { ComparisonBudget, Violation } from '../compatibility/violation.ts';
import { schemaBounds } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';
import { parseProtobuf } from './parse-protobuf.ts';
import { judgeFieldsByName } from './judge-protobuf-names.ts';
import { judgeOneofs } from './judge-protobuf-oneofs.ts';
import { judgeServices } from './judge-protobuf-services.ts';
import { judgeOnWire } from './judge-protobuf-wire.ts';
import type { ProtobufFile } from './protobuf-schema.ts';

export interface ProtobufQuestion {
  readonly reader: ProtobufFile;
  readonly writer: ProtobufFile;
  readonly registry: RegistryKind;
  readonly budget: ComparisonBudget;
  readonly references?: ReadonlyMap<string, SchemaSource> | undefined;
}

/**
 * Whether code of the reader's schema may read what code of the writer's wrote. Apicurio's rules hold names, numbers, types and
 * reservations; Karapace's hold what the wire format tells apart (docs/specs/compatibility.md#protobuf).
 */
export function judgeProtobuf(question: ProtobufQuestion): readonly Violation[] {
  const { reader, writer, registry, budget } = question;
  const others = filesOf(question.references);
  if (registry === 'karapace') return judgeOnWire({ reader, writer, others, budget });
  const comparison = { reader, writer, others };
  return budget
    .within(() => [
      ...judgeFieldsByName(comparison),
      ...judgeOneofs(comparison),
      ...judgeServices(reader, writer),
    ])
    .slice(0, schemaBounds.violationsMax);
}

/** References that cannot be read define no types; the names they would give stay as they are written. */
function filesOf(references: ReadonlyMap<string, SchemaSource> | undefined): readonly ProtobufFile[] {
  return [...(references?.values() ?? [])].flatMap((source) => {
    const parsed = parseProtobuf(source);
    return parsed.ok ? [parsed.value] : [];
  });
}
