import type { ProtobufEnum, ProtobufFile, ProtobufMessage, ProtobufType } from './protobuf-schema.ts';

/** The messages and enums of a file and of those it refers to, by full name. */
export interface ProtobufTypes {
  readonly messages: ReadonlyMap<string, ProtobufMessage>;
  readonly enums: ReadonlyMap<string, ProtobufEnum>;
  /**
   * Full name of a type as it is written in a message: innermost scope first ("Name Resolution"). A name that is defined
   * nowhere at hand, such as one of a file that is not given, belongs to the package of the file unless it has dots.
   */
  fullNameOf(name: string, scope: string): string;
}

export function createProtobufTypes(file: ProtobufFile, others: readonly ProtobufFile[] = []): ProtobufTypes {
  const messages = new Map<string, ProtobufMessage>();
  const enums = new Map<string, ProtobufEnum>();
  for (const one of [file, ...others]) {
    for (const message of one.messages) addMessage(message, messages, enums);
    for (const own of one.enums) enums.set(own.fullName, own);
  }
  const exists = (name: string) => messages.has(name) || enums.has(name);

  return {
    messages,
    enums,
    fullNameOf(name, scope) {
      if (name.startsWith('.')) return name.slice(1);
      for (let at = scope; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
        if (exists(`${at}.${name}`)) return `${at}.${name}`;
      }
      if (exists(name) || name.includes('.') || file.package === '') return name;
      return `${file.package}.${name}`;
    },
  };
}

function addMessage(
  message: ProtobufMessage,
  messages: Map<string, ProtobufMessage>,
  enums: Map<string, ProtobufEnum>,
): void {
  messages.set(message.fullName, message);
  for (const own of message.enums) enums.set(own.fullName, own);
  for (const inner of message.messages) addMessage(inner, messages, enums);
}

/** One text for equal types, names resolved. */
export function typeKey(type: ProtobufType, scope: string, types: ProtobufTypes): string {
  if (type.kind === 'scalar') return type.name;
  if (type.kind === 'map') return `map<${type.key}, ${typeKey(type.value, scope, types)}>`;
  return `.${types.fullNameOf(type.name, scope)}`;
}

/** Every message and enum of the file itself, by its name without the package, those of messages included. */
export function ownTypes(file: ProtobufFile): {
  readonly messages: ReadonlyMap<string, ProtobufMessage>;
  readonly enums: ReadonlyMap<string, ProtobufEnum>;
} {
  const types = createProtobufTypes(file);
  const isOwnPackage = file.package === '' ? 0 : file.package.length + 1;
  const shortened = <T extends { readonly fullName: string }>(map: ReadonlyMap<string, T>) =>
    new Map([...map.values()].map((one) => [one.fullName.slice(isOwnPackage), one]));
  return { messages: shortened(types.messages), enums: shortened(types.enums) };
}
