import type { ComparisonBudget, Violation } from '../compatibility/violation.ts';
import {
  protobufTypeText,
  type ProtobufField,
  type ProtobufMessage,
  type ProtobufScalar,
  type ProtobufType,
} from './protobuf-schema.ts';
import { createProtobufTypes, type ProtobufTypes } from './protobuf-types.ts';
import { protobufViolation, type ProtobufComparison } from './protobuf-violation.ts';

/** Scalars of one group have the same form on the wire and may replace each other. */
const wireGroups: Readonly<Record<ProtobufScalar, string>> = {
  int32: 'varint',
  int64: 'varint',
  uint32: 'varint',
  uint64: 'varint',
  bool: 'varint',
  sint32: 'zigzag varint',
  sint64: 'zigzag varint',
  double: 'double',
  fixed64: 'fixed 64 bits',
  sfixed64: 'fixed 64 bits',
  float: 'float',
  fixed32: 'fixed 32 bits',
  sfixed32: 'fixed 32 bits',
  string: 'length and bytes',
  bytes: 'length and bytes',
};

/** What the wire format tells apart: numbers, forms of values, labels of numeric fields, oneofs, messages that are gone. */
export function judgeOnWire({
  budget,
  ...comparison
}: ProtobufComparison & { readonly budget: ComparisonBudget }): readonly Violation[] {
  const { reader, writer, others } = comparison;
  const types = { reader: createProtobufTypes(reader, others), writer: createProtobufTypes(writer, others) };
  return new WireComparison(types, budget).all(reader.messages, writer.messages);
}

interface SideTypes {
  readonly reader: ProtobufTypes;
  readonly writer: ProtobufTypes;
}

/** A field with the message its type is resolved in. */
interface Placed {
  readonly type: ProtobufType;
  readonly scope: string;
}

class WireComparison {
  private readonly types: SideTypes;
  private readonly budget: ComparisonBudget;
  private readonly judged = new Map<ProtobufMessage, Set<ProtobufMessage>>();

  constructor(types: SideTypes, budget: ComparisonBudget) {
    this.types = types;
    this.budget = budget;
  }

  all(ours: readonly ProtobufMessage[], theirs: readonly ProtobufMessage[]): readonly Violation[] {
    const known = new Map(ours.map((message) => [message.name, message]));
    return theirs.flatMap((before) => {
      const after = known.get(before.name);
      if (after !== undefined) return this.message(after, before);
      return [
        protobufViolation(
          before.fullName,
          'message-removed',
          `${before.fullName} is gone`,
          'Keep the message.',
        ),
      ];
    });
  }

  /** Each pair is judged once: a second time it could only repeat itself, and a cycle would not end. */
  private message(reader: ProtobufMessage, writer: ProtobufMessage): readonly Violation[] {
    const seen = this.judged.get(reader) ?? new Set();
    this.judged.set(reader, seen);
    if (seen.has(writer)) return [];
    seen.add(writer);
    return this.budget.within(() => [
      ...convertedToOneof(reader, writer),
      ...this.fields(reader, writer),
      ...this.all(reader.messages, writer.messages),
    ]);
  }

  private fields(reader: ProtobufMessage, writer: ProtobufMessage): readonly Violation[] {
    const byNumber = new Map(reader.fields.map((field) => [field.number, field]));
    const alone = reader.fields.filter(({ oneof }) => oneof === undefined);
    const byName = new Map(alone.map((field) => [field.name, field]));
    return writer.fields.flatMap((before) => {
      const path = `${writer.fullName}.${before.name}`;
      const renumbered = byName.get(before.name);
      const after = byNumber.get(before.number);
      if (renumbered !== undefined && renumbered.number !== before.number && before.oneof === undefined) {
        const message = `${path} has the number ${renumbered.number} for the reader and ${before.number} for the writer`;
        return [
          protobufViolation(path, 'field-number-changed', message, `Keep the number ${before.number}.`),
        ];
      }
      if (after === undefined || after.oneof !== before.oneof) {
        return before.oneof !== undefined && reader.oneofs.some(({ name }) => name === before.oneof)
          ? [leftOneof(path, before)]
          : [];
      }
      return this.sameNumber(path, { reader: after, writer: before }, { reader, writer });
    });
  }

  private sameNumber(
    path: string,
    pair: { readonly reader: ProtobufField; readonly writer: ProtobufField },
    messages: { readonly reader: ProtobufMessage; readonly writer: ProtobufMessage },
  ): readonly Violation[] {
    const ours = { type: pair.reader.type, scope: messages.reader.fullName };
    const theirs = { type: pair.writer.type, scope: messages.writer.fullName };
    return [...this.labelChanged(path, pair, theirs), ...this.sameForm(path, ours, theirs)];
  }

  private labelChanged(
    path: string,
    { reader, writer }: { readonly reader: ProtobufField; readonly writer: ProtobufField },
    theirs: Placed,
  ): readonly Violation[] {
    const form = formOf(theirs, this.types.writer);
    if (reader.label === writer.label || form === undefined || form === 'length and bytes') return [];
    const [now, then] = [reader.label ?? 'singular', writer.label ?? 'singular'];
    const message = `${path} is ${now} for the reader and ${then} for the writer`;
    return [protobufViolation(path, 'field-label-changed', message, 'Keep the label, or add a new field.')];
  }

  private sameForm(path: string, ours: Placed, theirs: Placed): readonly Violation[] {
    const changed = [
      protobufViolation(
        path,
        'field-type-changed',
        `${path} is ${protobufTypeText(ours.type)} for the reader and ${protobufTypeText(theirs.type)} for the writer`,
        `Keep ${protobufTypeText(theirs.type)}, or add a new field.`,
      ),
    ];
    if (ours.type.kind === 'map' || theirs.type.kind === 'map') {
      if (ours.type.kind !== 'map' || theirs.type.kind !== 'map') return changed;
      return [
        ...(wireGroups[ours.type.key] === wireGroups[theirs.type.key] ? [] : changed),
        ...this.sameForm(path, { ...ours, type: ours.type.value }, { ...theirs, type: theirs.type.value }),
      ];
    }
    const [now, then] = [formOf(ours, this.types.reader), formOf(theirs, this.types.writer)];
    if (now !== undefined || then !== undefined) return now === then ? [] : changed;
    if ((ours.type.kind === 'group') !== (theirs.type.kind === 'group')) return changed;
    return this.sameMessage(changed, ours, theirs);
  }

  private sameMessage(changed: readonly Violation[], ours: Placed, theirs: Placed): readonly Violation[] {
    const [nameOfOurs, nameOfTheirs] = [nameOf(ours, this.types.reader), nameOf(theirs, this.types.writer)];
    const [one, other] = [
      this.types.reader.messages.get(nameOfOurs),
      this.types.writer.messages.get(nameOfTheirs),
    ];
    if (one === undefined || other === undefined) return nameOfOurs === nameOfTheirs ? [] : changed;
    return one.name === other.name ? this.message(one, other) : [];
  }
}

const nameOf = ({ type, scope }: Placed, types: ProtobufTypes): string =>
  'name' in type ? types.fullNameOf(type.name, scope) : '';

/** The form of a scalar or an enum on the wire; undefined for messages, groups and maps. */
function formOf({ type, scope }: Placed, types: ProtobufTypes): string | undefined {
  if (type.kind === 'scalar') return wireGroups[type.name];
  if (type.kind === 'named' && types.enums.has(types.fullNameOf(type.name, scope))) return 'varint';
  return undefined;
}

function convertedToOneof(reader: ProtobufMessage, writer: ProtobufMessage): readonly Violation[] {
  const alone = new Set(writer.fields.filter(({ oneof }) => oneof === undefined).map(({ number }) => number));
  return reader.oneofs.flatMap(({ name }) => {
    const moved = reader.fields.filter((field) => field.oneof === name && alone.has(field.number));
    if (moved.length < 2) return [];
    const message = `${moved.map((field) => field.name).join(', ')} could be written together and now share the oneof ${name}`;
    return [
      protobufViolation(`${reader.fullName}.${name}`, 'fields-moved-into-oneof', message, 'Keep them apart.'),
    ];
  });
}

const leftOneof = (path: string, { oneof, number }: ProtobufField): Violation =>
  protobufViolation(
    path,
    'oneof-field-removed',
    `${path} = ${number} is no longer in the oneof ${oneof ?? ''}`,
    'Keep the field in its oneof.',
  );
