import { positionAt, schemaBounds } from '../schema-problem.ts';
import { createProtobufCursor, type ProtobufCursor } from './protobuf-cursor.ts';
import { createFieldReader, type FieldReader } from './protobuf-field-reader.ts';
import { createEnumReader } from './protobuf-enum-reader.ts';
import { bracketOptions, optionStatement, rangesOf, reservedInto } from './protobuf-statements.ts';
import type {
  ProtobufEnum,
  ProtobufExtension,
  ProtobufField,
  ProtobufFile,
  ProtobufImport,
  ProtobufMessage,
  ProtobufMethod,
  ProtobufOneof,
  ProtobufOption,
  ProtobufRange,
  ProtobufService,
  ProtobufStream,
} from './protobuf-schema.ts';
import type { Token } from './protobuf-tokens.ts';

const levelsMax = 300;

export function createProtobufReader(text: string): { file(): ProtobufFile } {
  const cursor = createProtobufCursor(text);
  const fields = createFieldReader(cursor);
  const readEnum = createEnumReader(cursor);
  const lines = createLines(text);
  let elements = 0;

  /** Position and comment of what begins at a token. */
  function place(start: Token) {
    elements += 1;
    if (elements > schemaBounds.nodesMax) {
      cursor.refuse(
        start,
        'too-many-nodes',
        `the file has more than ${schemaBounds.nodesMax} parts`,
        'Split it.',
      );
    }
    return { ...lines(start.at), ...(start.comment === '' ? {} : { comment: start.comment }) };
  }

  function file(): ProtobufFile {
    const head = readHead(cursor);
    const imports: ProtobufImport[] = [];
    const options: ProtobufOption[] = [];
    const messages: ProtobufMessage[] = [];
    const enums: ProtobufEnum[] = [];
    const services: ProtobufService[] = [];
    const extensions: ProtobufExtension[] = [];
    let packageName = '';
    while (cursor.peek().kind !== 'end') {
      const start = cursor.peek();
      if (cursor.takes(';')) continue;
      if (cursor.takes('package')) {
        packageName = cursor.typeName();
        cursor.expect(';');
      } else if (cursor.takes('import')) imports.push(readImport(cursor));
      else if (cursor.takes('option')) options.push(optionStatement(cursor));
      else if (cursor.takes('message')) messages.push(message(start, packageName, 0));
      else if (cursor.takes('enum')) enums.push(readEnum(place(start), packageName));
      else if (cursor.takes('service')) services.push(service(start));
      else if (cursor.takes('extend')) extensions.push(extend(fields, packageName, messages, 0));
      else
        cursor.refuse(
          start,
          'not-protobuf',
          `${JSON.stringify(start.value)} begins no statement`,
          'Correct it.',
        );
    }
    return { ...head, package: packageName, imports, options, messages, enums, services, extensions };
  }

  function message(
    start: Token,
    scope: string,
    level: number,
    named = cursor.word('a message name'),
  ): ProtobufMessage {
    if (level > levelsMax)
      cursor.refuse(start, 'too-deep', `messages are nested more than ${levelsMax} deep`, 'Flatten them.');
    const at = place(start);
    const name = named.value;
    const fullName = scope === '' ? name : `${scope}.${name}`;
    const parts = emptyParts();
    cursor.expect('{');
    while (!cursor.takes('}')) memberOf(parts, fullName, level);
    checkFields(cursor, fullName, parts.fields, start);
    const { ranges, names, ...rest } = parts;
    return { name, fullName, ...at, ...rest, reserved: { ranges, names } };
  }

  function memberOf(parts: MessageParts, scope: string, level: number): void {
    const start = cursor.peek();
    const opensBlock = cursor.peek(2).value === '{';
    if (cursor.takes(';')) return;
    if (start.value === 'option' && cursor.takes('option')) parts.options.push(optionStatement(cursor));
    else if (opensBlock && cursor.takes('message')) parts.messages.push(message(start, scope, level + 1));
    else if (opensBlock && cursor.takes('enum')) parts.enums.push(readEnum(place(start), scope));
    else if (opensBlock && cursor.takes('oneof')) oneof(parts, scope, level);
    else if (cursor.takes('reserved')) reservedInto(cursor, parts);
    else if (cursor.takes('extensions')) {
      parts.extensionRanges.push(...rangesOf(cursor));
      bracketOptions(cursor);
      cursor.expect(';');
    } else if (cursor.takes('extend')) parts.extensions.push(extend(fields, scope, parts.messages, level));
    else parts.fields.push(field(parts.messages, scope, level));
  }

  function oneof(parts: MessageParts, scope: string, level: number): void {
    const { value: name } = cursor.word('a oneof name');
    const options: ProtobufOption[] = [];
    parts.oneofs.push({ name, options });
    cursor.expect('{');
    while (!cursor.takes('}')) {
      if (cursor.takes(';')) continue;
      if (cursor.takes('option')) options.push(optionStatement(cursor));
      else parts.fields.push({ ...field(parts.messages, scope, level), oneof: name });
    }
  }

  function field(messages: ProtobufMessage[], scope: string, level: number): ProtobufField {
    const start = cursor.peek();
    const read = fields.read(place(start));
    if (read.group !== undefined) messages.push(message(start, scope, level + 1, read.group));
    return read.field;
  }

  function extend(
    reader: FieldReader,
    scope: string,
    messages: ProtobufMessage[],
    level: number,
  ): ProtobufExtension {
    const extended = cursor.typeName();
    const found: ProtobufField[] = [];
    cursor.expect('{');
    while (!cursor.takes('}')) {
      if (cursor.takes(';')) continue;
      const start = cursor.peek();
      const { field: one, group } = reader.read(place(start));
      if (group !== undefined) messages.push(message(start, scope, level + 1, group));
      found.push(one);
    }
    return { extended, fields: found };
  }

  function service(start: Token): ProtobufService {
    const { value: name } = cursor.word('a service name');
    const at = place(start);
    const options: ProtobufOption[] = [];
    const methods: ProtobufMethod[] = [];
    cursor.expect('{');
    while (!cursor.takes('}')) {
      if (cursor.takes(';')) continue;
      const first = cursor.peek();
      if (cursor.takes('option')) options.push(optionStatement(cursor));
      else {
        cursor.expect('rpc');
        methods.push({ ...place(first), ...readMethod(cursor) });
      }
    }
    return { name, ...at, options, methods };
  }

  return { file };
}

interface MessageParts {
  readonly options: ProtobufOption[];
  readonly fields: ProtobufField[];
  readonly oneofs: ProtobufOneof[];
  readonly messages: ProtobufMessage[];
  readonly enums: ProtobufEnum[];
  readonly extensions: ProtobufExtension[];
  readonly extensionRanges: ProtobufRange[];
  readonly ranges: ProtobufRange[];
  readonly names: string[];
}

const emptyParts = (): MessageParts => ({
  options: [],
  fields: [],
  oneofs: [],
  messages: [],
  enums: [],
  extensions: [],
  extensionRanges: [],
  ranges: [],
  names: [],
});

function readHead(cursor: ProtobufCursor): Pick<ProtobufFile, 'syntax' | 'edition'> {
  const start = cursor.peek();
  if (cursor.takes('edition')) {
    cursor.expect('=');
    const edition = cursor.textValue('an edition');
    cursor.expect(';');
    return { syntax: 'editions', edition };
  }
  if (!cursor.takes('syntax')) return { syntax: 'proto2' };
  cursor.expect('=');
  const syntax = cursor.textValue('a syntax');
  cursor.expect(';');
  if (syntax === 'proto2' || syntax === 'proto3') return { syntax };
  return cursor.refuse(
    start,
    'syntax-unknown',
    `the syntax ${JSON.stringify(syntax)} is not known`,
    'Use proto2 or proto3.',
  );
}

function readImport(cursor: ProtobufCursor): ProtobufImport {
  const kind = (['public', 'weak', 'option'] as const).find((word) => cursor.takes(word)) ?? 'plain';
  const path = cursor.textValue('a file name');
  cursor.expect(';');
  return { path, kind };
}

function readMethod(cursor: ProtobufCursor): Omit<ProtobufMethod, 'line' | 'column'> {
  const { value: name } = cursor.word('a method name');
  const side = (): ProtobufStream => {
    cursor.expect('(');
    const isStream =
      cursor.peek().value === 'stream' && cursor.peek(1).value !== ')' && cursor.takes('stream');
    const type = cursor.typeName();
    cursor.expect(')');
    return { type, isStream };
  };
  const request = side();
  cursor.expect('returns');
  const response = side();
  const options: ProtobufOption[] = [];
  if (!cursor.takes(';')) {
    cursor.expect('{');
    while (!cursor.takes('}')) {
      if (cursor.takes(';')) continue;
      cursor.expect('option');
      options.push(optionStatement(cursor));
    }
  }
  return { name, request, response, options };
}

function checkFields(
  cursor: ProtobufCursor,
  message: string,
  fields: readonly ProtobufField[],
  start: Token,
): void {
  const numbers = new Map<number, string>();
  const names = new Set<string>();
  for (const { name, number } of fields) {
    const other = numbers.get(number);
    if (other !== undefined) {
      const text = `${message} gives the number ${number} to ${other} and ${name}`;
      cursor.refuse(start, 'field-number-twice', text, 'Give each field a number of its own.');
    }
    if (names.has(name)) {
      cursor.refuse(start, 'field-twice', `${message} has two fields called ${name}`, 'Rename one.');
    }
    numbers.set(number, name);
    names.add(name);
  }
}

/** Lines of ascending offsets, each looked up from the last. */
function createLines(text: string) {
  let line = 1;
  let lineStart = 0;
  return (offset: number) => {
    if (offset < lineStart) return positionAt(text, offset);
    for (
      let at = text.indexOf('\n', lineStart);
      at !== -1 && at < offset;
      at = text.indexOf('\n', lineStart)
    ) {
      line += 1;
      lineStart = at + 1;
    }
    return { line, column: offset - lineStart + 1 };
  };
}
