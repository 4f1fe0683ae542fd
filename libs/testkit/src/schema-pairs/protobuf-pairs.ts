import { createSeeded, type SchemaPair, type Seeded } from './seeded.ts';

interface FieldDraft {
  name: string;
  number: number;
  label: string;
  type: string;
  oneof: boolean;
}

interface MessageDraft {
  readonly name: string;
  fields: FieldDraft[];
  reservedNumbers: number[];
  reservedNames: string[];
}

interface FileDraft {
  readonly syntax: 'proto2' | 'proto3';
  readonly messages: MessageDraft[];
  symbols: { name: string; number: number }[];
  methods: string[];
}

/** A .proto file and the same after one to three changes. */
export function generateProtobufPair(seed: number): SchemaPair {
  const seeded = createSeeded(seed);
  const existing = file(seeded);
  const candidate = structuredClone(existing);
  for (let changes = 1 + seeded.below(3); changes > 0; changes -= 1) change(seeded, candidate);
  return { existing: print(existing), candidate: print(candidate) };
}

const scalars = [
  'int32',
  'int64',
  'uint32',
  'sint32',
  'bool',
  'double',
  'fixed64',
  'string',
  'bytes',
] as const;

function file(seeded: Seeded): FileDraft {
  const syntax = seeded.chance(0.3) ? 'proto2' : 'proto3';
  const messages = Array.from({ length: 1 + seeded.below(3) }, (_, index) => message(seeded, syntax, index));
  const symbols = ['ZERO', 'ONE', 'TWO']
    .slice(0, 2 + seeded.below(2))
    .map((name, number) => ({ name, number }));
  return { syntax, messages, symbols, methods: ['Get', 'Put'].slice(0, seeded.below(3)) };
}

function message(seeded: Seeded, syntax: FileDraft['syntax'], index: number): MessageDraft {
  const fields = Array.from({ length: 1 + seeded.below(5) }, (_, at) => field(seeded, syntax, at + 1, index));
  const hasReserved = seeded.chance(0.3);
  return {
    name: `M${index}`,
    fields,
    reservedNumbers: hasReserved ? [20, 21] : [],
    reservedNames: hasReserved ? ['old'] : [],
  };
}

function field(seeded: Seeded, syntax: FileDraft['syntax'], number: number, index: number): FieldDraft {
  const kind = seeded.below(10);
  const oneof = seeded.chance(0.15);
  const type =
    kind === 0 && index > 0
      ? `M${seeded.below(index)}`
      : kind === 1
        ? 'Color'
        : kind === 2 && !oneof
          ? `map<string, ${seeded.pick(scalars)}>`
          : seeded.pick(scalars);
  const isMap = type.startsWith('map');
  const label =
    oneof || isMap
      ? ''
      : seeded.chance(0.2)
        ? 'repeated'
        : syntax === 'proto2'
          ? seeded.pick(['optional', 'required'])
          : '';
  return { name: `f${number}`, number, label, type, oneof };
}

function change(seeded: Seeded, draft: FileDraft): void {
  const target = draft.messages[seeded.below(draft.messages.length)];
  const own = target?.fields[seeded.below(target.fields.length)];
  if (target === undefined || own === undefined) return;
  const next = 1 + Math.max(...target.fields.map(({ number }) => number));
  const added = (label: string): FieldDraft => ({
    name: `g${next}`,
    number: next,
    label,
    type: 'string',
    oneof: false,
  });
  const optional = draft.syntax === 'proto2' ? 'optional' : '';
  const deeds: readonly (() => void)[] = [
    () => void target.fields.push(added(optional)),
    () => void target.fields.push(added(draft.syntax === 'proto2' ? 'required' : '')),
    () => void (target.fields = target.fields.filter((one) => one !== own)),
    () => {
      target.fields = target.fields.filter((one) => one !== own);
      target.reservedNumbers.push(own.number);
      target.reservedNames.push(own.name);
    },
    () => void (own.name = `${own.name}_x`),
    () => void (own.number = 30 + seeded.below(5)),
    () => void (own.type = own.type.startsWith('map') ? own.type : seeded.pick(scalars)),
    () => void (own.label = own.oneof || own.type.startsWith('map') ? own.label : 'repeated'),
    () =>
      void (draft.symbols = [
        ...draft.symbols.filter(({ number }) => number !== 7),
        { name: 'MORE', number: 7 },
      ]),
    () => void (draft.symbols = draft.symbols.slice(0, Math.max(1, draft.symbols.length - 1))),
    () => void (target.reservedNumbers = []),
    () => void (draft.methods = draft.methods.slice(1)),
    () => void target.fields.push({ ...added(optional), name: 'old' }),
    () => void target.fields.push({ ...added(optional), number: 21 }),
  ];
  deeds[seeded.below(deeds.length)]?.();
  makeDistinct(target);
}

/** Two fields of one name or number make no schema: the later one goes. */
function makeDistinct(target: MessageDraft): void {
  target.fields = target.fields.filter(
    ({ name, number }, index) =>
      target.fields.findIndex((other) => other.name === name || other.number === number) === index,
  );
  target.reservedNames = target.reservedNames.filter(
    (name) => !target.fields.some((own) => own.name === name),
  );
  target.reservedNumbers = target.reservedNumbers.filter(
    (number) => !target.fields.some((own) => own.number === number),
  );
}

function print({ syntax, messages, symbols, methods }: FileDraft): string {
  const enumText = `enum Color {\n${symbols.map(({ name, number }) => `  ${name} = ${number};`).join('\n')}\n}`;
  const service =
    methods.length === 0
      ? []
      : [`service Store {\n${methods.map((name) => `  rpc ${name}(M0) returns (M0);`).join('\n')}\n}`];
  return [
    `syntax = "${syntax}";`,
    'package demo;',
    ...messages.map(printMessage),
    enumText,
    ...service,
    '',
  ].join('\n');
}

function printMessage({ name, fields, reservedNumbers, reservedNames }: MessageDraft): string {
  const line = ({ label, type, name: own, number }: FieldDraft) =>
    `${label} ${type} ${own} = ${number};`.trim();
  const choice = fields.filter(({ oneof }) => oneof).map((own) => line({ ...own, label: '' }));
  const lines = [
    ...(reservedNumbers.length === 0 ? [] : [`reserved ${[...new Set(reservedNumbers)].join(', ')};`]),
    ...(reservedNames.length === 0
      ? []
      : [`reserved ${[...new Set(reservedNames)].map((own) => `"${own}"`).join(', ')};`]),
    ...fields.filter(({ oneof }) => !oneof).map(line),
    ...(choice.length === 0 ? [] : [`oneof choice {\n    ${choice.join('\n    ')}\n  }`]),
  ];
  return `message ${name} {\n${lines.map((text) => `  ${text}`).join('\n')}\n}`;
}
