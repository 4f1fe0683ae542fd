import type { Violation } from '../compatibility/violation.ts';
import type { ProtobufMessage } from './protobuf-schema.ts';
import { ownTypes } from './protobuf-types.ts';
import { protobufViolation, type ProtobufComparison } from './protobuf-violation.ts';

/**
 * Fields that could be set together cannot be set together once they share a oneof: a reader keeps the last one on the wire and
 * loses the others ("Updating A Message Type").
 */
export function judgeOneofs({ reader, writer }: ProtobufComparison): readonly Violation[] {
  const theirs = ownTypes(writer).messages;
  return [...ownTypes(reader).messages].flatMap(([name, message]) => {
    const before = theirs.get(name);
    return before === undefined ? [] : judgeMessage(name, message, before);
  });
}

function judgeMessage(name: string, reader: ProtobufMessage, writer: ProtobufMessage): readonly Violation[] {
  const before = new Map(writer.fields.map((field) => [field.number, field]));
  return reader.oneofs.flatMap((oneof) => {
    const known = reader.fields
      .filter((field) => field.oneof === oneof.name)
      .flatMap(({ number }) => before.get(number) ?? []);
    const groups = new Set(known.map((field) => field.oneof ?? `alone ${field.number}`));
    if (groups.size < 2) return [];
    const message = `${known.map((field) => field.name).join(', ')} could be written together and now share the oneof ${oneof.name}`;
    return [
      protobufViolation(`${name}.${oneof.name}`, 'fields-moved-into-oneof', message, 'Keep them apart.'),
    ];
  });
}
