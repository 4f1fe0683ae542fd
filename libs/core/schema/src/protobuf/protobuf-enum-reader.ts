import { schemaBounds, type SchemaPosition } from '../schema-problem.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';
import type { ProtobufEnum, ProtobufEnumValue, ProtobufOption, ProtobufRange } from './protobuf-schema.ts';
import { bracketOptions, optionStatement, reservedInto } from './protobuf-statements.ts';
import type { Token } from './protobuf-tokens.ts';

/** Reads an enum after the word `enum`. */
export function createEnumReader(cursor: ProtobufCursor) {
  return (place: SchemaPosition, scope: string): ProtobufEnum => {
    const start = cursor.peek();
    const { value: name } = cursor.word('an enum name');
    const options: ProtobufOption[] = [];
    const values: ProtobufEnumValue[] = [];
    const reserved = { ranges: [] as ProtobufRange[], names: [] as string[] };
    cursor.expect('{');
    while (!cursor.takes('}')) {
      if (cursor.takes(';')) continue;
      if (cursor.peek(1).value !== '=' && cursor.takes('option')) options.push(optionStatement(cursor));
      else if (cursor.peek(1).value !== '=' && cursor.takes('reserved')) reservedInto(cursor, reserved);
      else values.push(readValue(cursor, place));
      if (values.length > schemaBounds.nodesMax) {
        cursor.refuse(cursor.peek(), 'too-many-nodes', 'the enum has too many values', 'Split it.');
      }
    }
    checkValues(cursor, start, name, values, options);
    return { name, fullName: scope === '' ? name : `${scope}.${name}`, ...place, options, values, reserved };
  };
}

function checkValues(
  cursor: ProtobufCursor,
  start: Token,
  name: string,
  values: readonly ProtobufEnumValue[],
  options: readonly ProtobufOption[],
): void {
  if (values.length === 0)
    cursor.refuse(start, 'enum-empty', `the enum ${name} has no values`, 'Give it one.');
  const names = new Set(values.map((one) => one.name));
  if (names.size < values.length) {
    cursor.refuse(start, 'enum-value-twice', `the enum ${name} has two values of one name`, 'Rename one.');
  }
  const mayRepeat = options.some((option) => option.name === 'allow_alias' && option.value === 'true');
  if (!mayRepeat && new Set(values.map(({ number }) => number)).size < values.length) {
    const message = `the enum ${name} gives one number to two values`;
    cursor.refuse(start, 'enum-number-twice', message, 'Give each a number of its own, or set allow_alias.');
  }
}

function readValue(cursor: ProtobufCursor, place: SchemaPosition): ProtobufEnumValue {
  const { value: name, comment } = cursor.word('a name');
  cursor.expect('=');
  const number = cursor.integer('a number');
  const options = bracketOptions(cursor);
  cursor.expect(';');
  const { line, column } = place;
  return { name, number, options, line, column, ...(comment === '' ? {} : { comment }) };
}
