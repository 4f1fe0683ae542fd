import type { SchemaPosition } from '../schema-problem.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';
import {
  isProtobufScalar,
  type ProtobufField,
  type ProtobufLabel,
  type ProtobufScalar,
  type ProtobufType,
} from './protobuf-schema.ts';
import { bracketOptions, fieldNumberMax } from './protobuf-statements.ts';
import type { Token } from './protobuf-tokens.ts';

export interface FieldReader {
  /** A field; for a group also the name of the message whose body follows. */
  read(place: SchemaPosition): { readonly field: ProtobufField; readonly group?: Token };
}

const labels: readonly ProtobufLabel[] = ['optional', 'required', 'repeated'];

export function createFieldReader(cursor: ProtobufCursor): FieldReader {
  function type(): ProtobufType {
    if (cursor.peek().value === 'map' && cursor.peek(1).value === '<') {
      cursor.next();
      cursor.next();
      const key = scalar();
      cursor.expect(',');
      const value = simpleType();
      cursor.expect('>');
      return { kind: 'map', key, value };
    }
    return simpleType();
  }

  function simpleType(): ProtobufType {
    const name = cursor.typeName();
    return isProtobufScalar(name) ? { kind: 'scalar', name } : { kind: 'named', name };
  }

  function scalar(): ProtobufScalar {
    const token = cursor.peek();
    const name = cursor.typeName();
    if (isProtobufScalar(name)) return name;
    return cursor.refuse(
      token,
      'map-key-invalid',
      `${name} cannot be the key of a map`,
      'Use a scalar type.',
    );
  }

  function group(place: SchemaPosition, given: ProtobufLabel | undefined) {
    cursor.next();
    const name = cursor.word('a group name');
    cursor.expect('=');
    const field: ProtobufField = {
      name: name.value.toLowerCase(),
      number: fieldNumber(cursor),
      ...(given === undefined ? {} : { label: given }),
      type: { kind: 'group', name: name.value },
      options: bracketOptions(cursor),
      ...place,
    };
    return { field, group: name };
  }

  return {
    read(place) {
      const given = fieldLabel(cursor);
      if (cursor.peek().value === 'group' && cursor.peek(2).value === '=' && cursor.peek(4).value !== ';') {
        if (isGroup(cursor)) return group(place, given);
      }
      const of = type();
      const { value: name } = cursor.word('a field name');
      cursor.expect('=');
      const field: ProtobufField = {
        name,
        number: fieldNumber(cursor),
        ...(given === undefined ? {} : { label: given }),
        type: of,
        options: bracketOptions(cursor),
        ...place,
      };
      cursor.expect(';');
      return { field };
    },
  };
}

function fieldNumber(cursor: ProtobufCursor): number {
  const token = cursor.peek();
  const value = cursor.integer('a field number');
  if (value >= 0 && value <= fieldNumberMax) return value;
  return cursor.refuse(
    token,
    'field-number-invalid',
    `${value} is no field number`,
    `Use 1 to ${fieldNumberMax}.`,
  );
}

function fieldLabel(cursor: ProtobufCursor): ProtobufLabel | undefined {
  const next = cursor.peek(1);
  const isType = next.kind === 'word' || next.value === '.';
  return isType ? labels.find((candidate) => cursor.takes(candidate)) : undefined;
}

/** `group Name = 1 {` or `group Name = 1 [...] {`, in contrast to a field of a type called group. */
function isGroup(cursor: ProtobufCursor): boolean {
  for (let ahead = 3; ahead < 200; ahead += 1) {
    const { value, kind } = cursor.peek(ahead);
    if (value === '{') return true;
    if (value === ';' || kind === 'end') return false;
  }
  return false;
}
