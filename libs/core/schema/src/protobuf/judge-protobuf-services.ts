import type { Violation } from '../compatibility/violation.ts';
import type { ProtobufFile, ProtobufMethod, ProtobufStream } from './protobuf-schema.ts';
import { createProtobufTypes, type ProtobufTypes } from './protobuf-types.ts';
import { protobufViolation } from './protobuf-violation.ts';

/** Methods stay, with what they take and give. */
export function judgeServices(reader: ProtobufFile, writer: ProtobufFile): readonly Violation[] {
  if (writer.services.length === 0) return [];
  const [ours, theirs] = [createProtobufTypes(reader), createProtobufTypes(writer)];
  const services = new Map(reader.services.map((service) => [service.name, service]));
  return writer.services.flatMap((service) => {
    const methods = new Map(services.get(service.name)?.methods.map((method) => [method.name, method]));
    return service.methods.flatMap((before) => {
      const path = `${service.name}.${before.name}`;
      const after = methods.get(before.name);
      if (after === undefined) {
        return [protobufViolation(path, 'method-removed', `the method ${path} is gone`, 'Keep the method.')];
      }
      const [now, then] = [signatureOf(after, reader, ours), signatureOf(before, writer, theirs)];
      if (now === then) return [];
      const message = `${path} is ${now} for the reader and ${then} for the writer`;
      return [protobufViolation(path, 'method-changed', message, 'Keep what the method takes and gives.')];
    });
  });
}

function signatureOf(
  { request, response }: ProtobufMethod,
  file: ProtobufFile,
  types: ProtobufTypes,
): string {
  const side = ({ type, isStream }: ProtobufStream) =>
    `${isStream ? 'stream ' : ''}${types.fullNameOf(type, file.package)}`;
  return `(${side(request)}) returns (${side(response)})`;
}
