import type { Violation } from '../compatibility/violation.ts';
import {
  holdsNumber,
  protobufTypeText,
  type ProtobufEnum,
  type ProtobufField,
  type ProtobufFile,
  type ProtobufMessage,
  type ProtobufReserved,
} from './protobuf-schema.ts';
import { createProtobufTypes, ownTypes, typeKey, type ProtobufTypes } from './protobuf-types.ts';
import { protobufViolation, type ProtobufComparison } from './protobuf-violation.ts';

/** Names, numbers, types and labels stay; what goes is reserved; what is reserved is not used again. */
export function judgeFieldsByName({ reader, writer, others }: ProtobufComparison): readonly Violation[] {
  const [ours, theirs] = [ownTypes(reader), ownTypes(writer)];
  const types = {
    ofReader: createProtobufTypes(reader, others),
    ofWriter: createProtobufTypes(writer, others),
  };
  const isRequiredKnown = writer.syntax === 'proto2';
  const violations: Violation[] = [];
  for (const [name, message] of theirs.messages) {
    const moved = types.ofReader.messages.get(message.fullName);
    if (moved === undefined && isLeftToImport(reader, message)) continue;
    const pair = { name, reader: ours.messages.get(name) ?? moved, writer: message };
    violations.push(...judgeReserved(pair), ...judgeMessage(pair, types));
    if (isRequiredKnown) violations.push(...requiredAdded(pair));
  }
  for (const [name, own] of theirs.enums) violations.push(...judgeEnum(name, ours.enums.get(name), own));
  return violations;
}

/** Whether the message moved into an imported file that is not at hand: it is gone from the file, and its name is still used. */
function isLeftToImport(reader: ProtobufFile, message: ProtobufMessage): boolean {
  if (reader.imports.length === 0 || ownTypes(reader).messages.has(withoutPackage(message.fullName, reader)))
    return false;
  const types = createProtobufTypes(reader);
  return [...types.messages.values()].some(({ fields, fullName }) =>
    fields.some(
      ({ type }) => type.kind === 'named' && types.fullNameOf(type.name, fullName) === message.fullName,
    ),
  );
}

const withoutPackage = (fullName: string, file: ProtobufFile): string =>
  file.package === '' ? fullName : fullName.slice(file.package.length + 1);

interface MessagePair {
  readonly name: string;
  readonly reader: ProtobufMessage | undefined;
  readonly writer: ProtobufMessage;
}

interface Types {
  readonly ofReader: ProtobufTypes;
  readonly ofWriter: ProtobufTypes;
}

const nothing: ProtobufReserved = { ranges: [], names: [] };

function judgeReserved({ name, reader, writer }: MessagePair): readonly Violation[] {
  const [ours, theirs] = [reader?.reserved ?? nothing, writer.reserved];
  const violations: Violation[] = [];
  for (const field of reader?.fields ?? []) {
    if (!holdsNumber(theirs.ranges, field.number) && !theirs.names.includes(field.name)) continue;
    const message = `${name}.${field.name} = ${field.number} uses a name or number that was reserved`;
    violations.push(
      protobufViolation(
        `${name}.${field.name}`,
        'reserved-used',
        message,
        'Choose a number and a name that were never used.',
      ),
    );
  }
  const lost = [
    ...theirs.ranges
      .filter((range) => !isCovered(range.from, range.to, ours.ranges))
      .map(({ from, to }) => `${from} to ${to}`),
    ...theirs.names.filter((one) => !ours.names.includes(one)),
  ];
  if (lost.length > 0) {
    const message = `${name} no longer reserves ${lost.slice(0, 5).join(', ')}`;
    violations.push(protobufViolation(name, 'reservation-removed', message, 'Keep the reservation.'));
  }
  return violations;
}

function isCovered(from: number, to: number, ranges: ProtobufReserved['ranges']): boolean {
  let next = from;
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    if (range.from <= next && range.to >= next) next = range.to + 1;
  }
  return next > to;
}

function judgeMessage({ name, reader, writer }: MessagePair, types: Types): readonly Violation[] {
  const byName = new Map((reader?.fields ?? []).map((field) => [field.name, field]));
  const byNumber = new Map((reader?.fields ?? []).map((field) => [field.number, field]));
  const reserved = reader?.reserved ?? nothing;
  return writer.fields.flatMap((before) => {
    const path = `${name}.${before.name}`;
    const after = byName.get(before.name);
    if (after !== undefined) return sameField(path, after, before, { reader, writer }, types);
    const renamed = byNumber.get(before.number);
    if (renamed !== undefined) {
      const message = `the field ${before.number} of ${name} is called ${renamed.name} by the reader and ${before.name} by the writer`;
      return [protobufViolation(path, 'field-renamed', message, `Keep the name ${before.name}.`)];
    }
    if (holdsNumber(reserved.ranges, before.number) && reserved.names.includes(before.name)) return [];
    const message = `${path} = ${before.number} is gone and its number and name are not both reserved`;
    const fix = `Add "reserved ${before.number};" and "reserved \\"${before.name}\\";" to ${name}.`;
    return [protobufViolation(path, 'field-removed-without-reservation', message, fix)];
  });
}

function sameField(
  path: string,
  after: ProtobufField,
  before: ProtobufField,
  messages: { readonly reader: ProtobufMessage | undefined; readonly writer: ProtobufMessage },
  types: Types,
): readonly Violation[] {
  const violations: Violation[] = [];
  if (after.number !== before.number) {
    const message = `${path} has the number ${after.number} for the reader and ${before.number} for the writer`;
    violations.push(
      protobufViolation(path, 'field-number-changed', message, `Keep the number ${before.number}.`),
    );
  }
  const scope = messages.reader?.fullName ?? '';
  const isSameType =
    typeKey(after.type, scope, types.ofReader) ===
    typeKey(before.type, messages.writer.fullName, types.ofWriter);
  if (!isSameType || (after.type.kind === 'group') !== (before.type.kind === 'group')) {
    const [ours, theirs] = [protobufTypeText(after.type), protobufTypeText(before.type)];
    const message = `${path} is ${ours} for the reader and ${theirs} for the writer`;
    violations.push(
      protobufViolation(path, 'field-type-changed', message, `Keep ${theirs}, or add a new field.`),
    );
  }
  if (after.label !== before.label) {
    const message = `${path} is ${after.label ?? 'singular'} for the reader and ${before.label ?? 'singular'} for the writer`;
    const fix = `Keep it ${before.label ?? 'without a label'}, or add a new field.`;
    violations.push(protobufViolation(path, 'field-label-changed', message, fix));
  }
  return violations;
}

function requiredAdded({ name, reader, writer }: MessagePair): readonly Violation[] {
  const known = new Set(writer.fields.map((field) => field.name));
  return (reader?.fields ?? [])
    .filter((field) => field.label === 'required' && !known.has(field.name))
    .map((field) =>
      protobufViolation(
        `${name}.${field.name}`,
        'required-field-added',
        `${name}.${field.name} is required by the reader and never written`,
        'Make the new field optional.',
      ),
    );
}

function judgeEnum(
  name: string,
  reader: ProtobufEnum | undefined,
  writer: ProtobufEnum,
): readonly Violation[] {
  if (reader === undefined) return [];
  const byName = new Map(reader.values.map((value) => [value.name, value]));
  const byNumber = new Map(reader.values.map((value) => [value.number, value]));
  const hasAliases = byNumber.size < reader.values.length;
  return writer.values.flatMap((before) => {
    const path = `${name}.${before.name}`;
    const after = byName.get(before.name);
    if (after?.number === before.number) return [];
    if (after !== undefined) {
      const message = `${path} has the number ${after.number} for the reader and ${before.number} for the writer`;
      return [protobufViolation(path, 'enum-number-changed', message, `Keep the number ${before.number}.`)];
    }
    const renamed = byNumber.get(before.number);
    if (renamed !== undefined) {
      if (hasAliases) return [];
      const message = `the number ${before.number} of ${name} is called ${renamed.name} by the reader and ${before.name} by the writer`;
      return [protobufViolation(path, 'enum-value-renamed', message, `Keep the name ${before.name}.`)];
    }
    const message = `the reader does not know ${path} = ${before.number}`;
    return [protobufViolation(path, 'enum-value-removed', message, `Keep ${before.name}.`)];
  });
}
