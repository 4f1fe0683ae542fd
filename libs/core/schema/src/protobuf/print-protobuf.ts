import {
  protobufTypeText,
  type ProtobufEnum,
  type ProtobufExtension,
  type ProtobufField,
  type ProtobufFile,
  type ProtobufMessage,
  type ProtobufOption,
  type ProtobufReserved,
  type ProtobufService,
} from './protobuf-schema.ts';
import { fieldNumberMax } from './protobuf-statements.ts';

/** A .proto text: head, options, messages, enums, services; inside a message the order of the model. */
export function printProtobuf(file: ProtobufFile): string {
  const head =
    file.syntax === 'editions' ? `edition = "${file.edition ?? ''}";` : `syntax = "${file.syntax}";`;
  const blocks = [
    head,
    file.package === '' ? '' : `package ${file.package};`,
    file.imports.map(({ path, kind }) => `import ${kind === 'plain' ? '' : `${kind} `}"${path}";`).join('\n'),
    file.options.map((option) => `option ${optionText(option)};`).join('\n'),
    ...file.messages.map((message) => block(messageLines(message))),
    ...file.enums.map((own) => block(enumLines(own))),
    ...file.extensions.map((extension) => block(extensionLines(extension))),
    ...file.services.map((service) => block(serviceLines(service))),
  ];
  return `${blocks.filter((text) => text !== '').join('\n\n')}\n`;
}

type Lines = readonly string[];

const block = (lines: Lines): string => lines.join('\n');
const indented = (lines: Lines): Lines => lines.map((line) => (line === '' ? '' : `  ${line}`));
const optionText = ({ name, value }: ProtobufOption): string => `${name} = ${value}`;
const commentLines = (comment: string | undefined): Lines =>
  comment === undefined ? [] : comment.split('\n').map((line) => `// ${line}`.trimEnd());

function messageLines(message: ProtobufMessage, head = `message ${message.name}`): Lines {
  const groups = new Map(message.messages.map((inner) => [inner.name, inner]));
  const grouped = new Set(message.fields.flatMap(({ type }) => (type.kind === 'group' ? [type.name] : [])));
  const written = new Set<string>();
  const body = [
    ...message.options.map((option) => `option ${optionText(option)};`),
    ...reservedLines(message.reserved),
    ...message.extensionRanges.map(({ from, to }) => `extensions ${rangeText(from, to)};`),
    ...message.fields.flatMap((field) => {
      if (field.oneof === undefined) return fieldLines(field, groups);
      if (written.has(field.oneof)) return [];
      written.add(field.oneof);
      return oneofLines(message, field.oneof, groups);
    }),
    ...message.messages.filter(({ name }) => !grouped.has(name)).flatMap((inner) => messageLines(inner)),
    ...message.enums.flatMap(enumLines),
    ...message.extensions.flatMap(extensionLines),
  ];
  return [...commentLines(message.comment), `${head} {`, ...indented(body), '}'];
}

function oneofLines(
  message: ProtobufMessage,
  name: string,
  groups: ReadonlyMap<string, ProtobufMessage>,
): Lines {
  const options = message.oneofs.find((oneof) => oneof.name === name)?.options ?? [];
  const fields = message.fields.filter((field) => field.oneof === name);
  const body = [
    ...options.map((option) => `option ${optionText(option)};`),
    ...fields.flatMap((field) => fieldLines(field, groups)),
  ];
  return [`oneof ${name} {`, ...indented(body), '}'];
}

function fieldLines(field: ProtobufField, groups: ReadonlyMap<string, ProtobufMessage>): Lines {
  const label = field.label === undefined ? '' : `${field.label} `;
  const options = bracketText(field.options);
  const { type } = field;
  if (type.kind === 'group') {
    const body = groups.get(type.name);
    const head = `${label}group ${type.name} = ${field.number}${options}`;
    return body === undefined ? [] : messageLines(body, head);
  }
  return [
    ...commentLines(field.comment),
    `${label}${protobufTypeText(type)} ${field.name} = ${field.number}${options};`,
  ];
}

function enumLines(own: ProtobufEnum): Lines {
  const body = [
    ...own.options.map((option) => `option ${optionText(option)};`),
    ...reservedLines(own.reserved),
    ...own.values.flatMap(({ name, number, options, comment }) => [
      ...commentLines(comment),
      `${name} = ${number}${bracketText(options)};`,
    ]),
  ];
  return [...commentLines(own.comment), `enum ${own.name} {`, ...indented(body), '}'];
}

function extensionLines({ extended, fields }: ProtobufExtension): Lines {
  return [`extend ${extended} {`, ...indented(fields.flatMap((field) => fieldLines(field, new Map()))), '}'];
}

function serviceLines(service: ProtobufService): Lines {
  const side = ({ type, isStream }: { readonly type: string; readonly isStream: boolean }) =>
    `(${isStream ? 'stream ' : ''}${type})`;
  const body = [
    ...service.options.map((option) => `option ${optionText(option)};`),
    ...service.methods.flatMap(({ name, request, response, options, comment }) => {
      const head = `rpc ${name}${side(request)} returns ${side(response)}`;
      const lines = options.map((option) => `option ${optionText(option)};`);
      return [
        ...commentLines(comment),
        ...(lines.length === 0 ? [`${head};`] : [`${head} {`, ...indented(lines), '}']),
      ];
    }),
  ];
  return [...commentLines(service.comment), `service ${service.name} {`, ...indented(body), '}'];
}

function reservedLines({ ranges, names }: ProtobufReserved): Lines {
  const numbers = ranges.map(({ from, to }) => rangeText(from, to)).join(', ');
  return [
    ...(numbers === '' ? [] : [`reserved ${numbers};`]),
    ...(names.length === 0 ? [] : [`reserved ${names.map((name) => `"${name}"`).join(', ')};`]),
  ];
}

const rangeText = (from: number, to: number): string =>
  from === to ? String(from) : `${from} to ${to >= fieldNumberMax ? 'max' : to}`;

const bracketText = (options: readonly ProtobufOption[]): string =>
  options.length === 0 ? '' : ` [${options.map(optionText).join(', ')}]`;
