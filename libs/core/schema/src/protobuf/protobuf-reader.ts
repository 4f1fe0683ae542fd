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

export class ProtobufReader {
  private readonly cursor: ProtobufCursor;
  private readonly fields: FieldReader;
  private readonly readEnum: ReturnType<typeof createEnumReader>;
  private readonly lines: ReturnType<typeof createLines>;
  private elements = 0;

  constructor(text: string) {
    this.cursor = createProtobufCursor(text);
    this.fields = createFieldReader(this.cursor);
    this.readEnum = createEnumReader(this.cursor);
    this.lines = createLines(text);
  }

  /** Position and comment of what begins at a token. */
  private place(start: Token) {
    this.elements += 1;
    if (this.elements > schemaBounds.nodesMax) {
      this.cursor.refuse(
        start,
        'too-many-nodes',
        `the file has more than ${schemaBounds.nodesMax} parts`,
        'Split it.',
      );
    }
    return { ...this.lines(start.at), ...(start.comment === '' ? {} : { comment: start.comment }) };
  }

  file(): ProtobufFile {
    const head = readHead(this.cursor);
    const imports: ProtobufImport[] = [];
    const options: ProtobufOption[] = [];
    const messages: ProtobufMessage[] = [];
    const enums: ProtobufEnum[] = [];
    const services: ProtobufService[] = [];
    const extensions: ProtobufExtension[] = [];
    let packageName = '';
    while (this.cursor.peek().kind !== 'end') {
      const start = this.cursor.peek();
      if (this.cursor.takes(';')) continue;
      if (this.cursor.takes('package')) {
        packageName = this.cursor.typeName();
        this.cursor.expect(';');
      } else if (this.cursor.takes('import')) imports.push(readImport(this.cursor));
      else if (this.cursor.takes('option')) options.push(optionStatement(this.cursor));
      else if (this.cursor.takes('message')) messages.push(this.message(start, packageName, 0));
      else if (this.cursor.takes('enum')) enums.push(this.readEnum(this.place(start), packageName));
      else if (this.cursor.takes('service')) services.push(this.service(start));
      else if (this.cursor.takes('extend')) extensions.push(this.extend(packageName, messages, 0));
      else
        this.cursor.refuse(
          start,
          'not-protobuf',
          `${JSON.stringify(start.value)} begins no statement`,
          'Correct it.',
        );
    }
    return { ...head, package: packageName, imports, options, messages, enums, services, extensions };
  }

  private message(
    start: Token,
    scope: string,
    level: number,
    named = this.cursor.word('a message name'),
  ): ProtobufMessage {
    if (level > levelsMax)
      this.cursor.refuse(
        start,
        'too-deep',
        `messages are nested more than ${levelsMax} deep`,
        'Flatten them.',
      );
    const at = this.place(start);
    const name = named.value;
    const fullName = scope === '' ? name : `${scope}.${name}`;
    const parts = emptyParts();
    this.cursor.expect('{');
    while (!this.cursor.takes('}')) this.memberOf(parts, fullName, level);
    checkFields(this.cursor, fullName, parts.fields, start);
    const { ranges, names, ...rest } = parts;
    return { name, fullName, ...at, ...rest, reserved: { ranges, names } };
  }

  private memberOf(parts: MessageParts, scope: string, level: number): void {
    const start = this.cursor.peek();
    const opensBlock = this.cursor.peek(2).value === '{';
    if (this.cursor.takes(';')) return;
    if (start.value === 'option' && this.cursor.takes('option'))
      parts.options.push(optionStatement(this.cursor));
    else if (opensBlock && this.cursor.takes('message'))
      parts.messages.push(this.message(start, scope, level + 1));
    else if (opensBlock && this.cursor.takes('enum'))
      parts.enums.push(this.readEnum(this.place(start), scope));
    else if (opensBlock && this.cursor.takes('oneof')) this.oneof(parts, scope, level);
    else if (this.cursor.takes('reserved')) reservedInto(this.cursor, parts);
    else if (this.cursor.takes('extensions')) {
      parts.extensionRanges.push(...rangesOf(this.cursor));
      bracketOptions(this.cursor);
      this.cursor.expect(';');
    } else if (this.cursor.takes('extend')) parts.extensions.push(this.extend(scope, parts.messages, level));
    else parts.fields.push(this.field(parts.messages, scope, level));
  }

  private oneof(parts: MessageParts, scope: string, level: number): void {
    const { value: name } = this.cursor.word('a oneof name');
    const options: ProtobufOption[] = [];
    parts.oneofs.push({ name, options });
    this.cursor.expect('{');
    while (!this.cursor.takes('}')) {
      if (this.cursor.takes(';')) continue;
      if (this.cursor.takes('option')) options.push(optionStatement(this.cursor));
      else parts.fields.push({ ...this.field(parts.messages, scope, level), oneof: name });
    }
  }

  private field(messages: ProtobufMessage[], scope: string, level: number): ProtobufField {
    const start = this.cursor.peek();
    const read = this.fields.read(this.place(start));
    if (read.group !== undefined) messages.push(this.message(start, scope, level + 1, read.group));
    return read.field;
  }

  private extend(scope: string, messages: ProtobufMessage[], level: number): ProtobufExtension {
    const extended = this.cursor.typeName();
    const found: ProtobufField[] = [];
    this.cursor.expect('{');
    while (!this.cursor.takes('}')) {
      if (this.cursor.takes(';')) continue;
      const start = this.cursor.peek();
      const { field: one, group } = this.fields.read(this.place(start));
      if (group !== undefined) messages.push(this.message(start, scope, level + 1, group));
      found.push(one);
    }
    return { extended, fields: found };
  }

  private service(start: Token): ProtobufService {
    const { value: name } = this.cursor.word('a service name');
    const at = this.place(start);
    const options: ProtobufOption[] = [];
    const methods: ProtobufMethod[] = [];
    this.cursor.expect('{');
    while (!this.cursor.takes('}')) {
      if (this.cursor.takes(';')) continue;
      const first = this.cursor.peek();
      if (this.cursor.takes('option')) options.push(optionStatement(this.cursor));
      else {
        this.cursor.expect('rpc');
        methods.push({ ...this.place(first), ...readMethod(this.cursor) });
      }
    }
    return { name, ...at, options, methods };
  }
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
