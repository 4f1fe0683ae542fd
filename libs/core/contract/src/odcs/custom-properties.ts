import { formatPath } from '../contract-problem.ts';
import type { ContractProblem, DocumentPath } from '../contract-problem.ts';
import type { ContractSource } from './contract-source.ts';
import { nearestWord } from './nearest-word.ts';
import type { Odcs, OdcsCustomProperty, OdcsProperty } from './odcs.ts';

/** What our own `headwater:` properties mean, where each may stand, and which values it takes. */
type Level = 'contract' | 'object' | 'property';
interface WholeNumbers {
  readonly from: number;
  readonly to: number;
}
interface Meaning {
  readonly level: Level;
  readonly values: 'boolean' | 'text' | WholeNumbers | readonly string[];
  /** What a change of it does to producers and readers, when every change does the same. */
  readonly change?: { readonly breaking: string } | { readonly compatible: string };
}

const MEANINGS = {
  /** Name of the Kafka topic, when it is not `<domain>.<product>`. */
  'headwater:topic': {
    level: 'contract',
    values: 'text',
    change: { breaking: 'readers subscribe to the old topic' },
  },
  /** Which object of `schema` the records of the topic are, when there are several. */
  'headwater:object': {
    level: 'contract',
    values: 'text',
    change: { breaking: 'the records are another object' },
  },
  /** What to do with members the contract does not name. */
  'headwater:unknownMembers': { level: 'object', values: ['ignore', 'refuse'] },
  /** Longest record value in bytes. */
  'headwater:recordBytesMax': { level: 'object', values: { from: 1, to: 64 * 1024 * 1024 } },
  /** This property says when the event happened. */
  'headwater:eventTime': {
    level: 'property',
    values: 'boolean',
    change: { breaking: 'another property says when an event happened' },
  },
  /** This property names the person the record is about. */
  'headwater:erasureKey': {
    level: 'property',
    values: 'boolean',
    change: { compatible: 'erasure finds records by another property' },
  },
  /** The value identifies or describes a person. */
  'headwater:personal': {
    level: 'property',
    values: 'boolean',
    change: { compatible: 'who may read it may change' },
  },
  /** How an instant is written in the record. */
  'headwater:timeEncoding': {
    level: 'property',
    values: ['iso8601', 'epochSeconds', 'epochMillis', 'epochMicros', 'epochNanos'],
    change: { breaking: 'times are written in another way' },
  },
  /** Number of the field in Protobuf; without it numbers follow the order of the properties. */
  'headwater:fieldNumber': {
    level: 'property',
    values: { from: 1, to: 536_870_911 },
    change: { breaking: 'Protobuf readers know fields by their numbers' },
  },
  /** Name of the property beside this one that takes its place; this one will be removed. */
  'headwater:replacedBy': {
    level: 'property',
    values: 'text',
    change: { compatible: 'readers move to the other property before this one goes' },
  },
} as const satisfies Readonly<Record<string, Meaning>>;

export type HeadwaterProperty = keyof typeof MEANINGS;
const NAMES = Object.keys(MEANINGS) as HeadwaterProperty[];

/** Value of one of our properties, undefined when it is not stated. */
export const customValue = (
  owner: { readonly customProperties?: readonly OdcsCustomProperty[] | undefined },
  name: HeadwaterProperty,
): unknown => owner.customProperties?.find((custom) => custom.property === name)?.value;

/** Problems of all `headwater:` properties of a contract: unknown, misplaced, or with a wrong value. */
export function customPropertyProblems(odcs: Odcs, source: ContractSource): readonly ContractProblem[] {
  return [
    ...judgeAll(odcs.customProperties, 'contract', ['customProperties'], source),
    ...(odcs.schema ?? []).flatMap((object, i) => [
      ...judgeAll(object.customProperties, 'object', ['schema', i, 'customProperties'], source),
      ...(object.properties ?? []).flatMap((property, j) =>
        judgeProperty(property, ['schema', i, 'properties', j], source),
      ),
    ]),
  ];
}

function judgeProperty(
  property: OdcsProperty,
  path: DocumentPath,
  source: ContractSource,
): readonly ContractProblem[] {
  return [
    ...judgeAll(property.customProperties, 'property', [...path, 'customProperties'], source),
    ...(property.properties ?? []).flatMap((inner, i) =>
      judgeProperty(inner, [...path, 'properties', i], source),
    ),
    ...(property.items === undefined ? [] : judgeProperty(property.items, [...path, 'items'], source)),
  ];
}

function judgeAll(
  customs: readonly OdcsCustomProperty[] | undefined,
  level: Level,
  path: DocumentPath,
  source: ContractSource,
): readonly ContractProblem[] {
  return (customs ?? []).flatMap((custom, i) => judgeOne(custom, level, [...path, i], source));
}

function judgeOne(
  custom: OdcsCustomProperty,
  level: Level,
  path: DocumentPath,
  source: ContractSource,
): readonly ContractProblem[] {
  const { property, value } = custom;
  if (!property.startsWith('headwater:')) return [];
  const problem = {
    rule: 'custom-property',
    severity: 'error' as const,
    path: formatPath(path),
    ...source.positionOf(path),
  };
  const meaning = isKnown(property) ? MEANINGS[property] : undefined;
  if (meaning === undefined) {
    const meant = nearestWord(property, NAMES);
    const fix = meant === undefined ? `Use one of ${NAMES.join(', ')}.` : `Write ${meant}.`;
    return [{ ...problem, message: `${property} is not a custom property Headwater knows`, fix }];
  }
  if (meaning.level !== level) {
    return [
      {
        ...problem,
        message: `${property} belongs to the ${meaning.level} level`,
        fix: `Move it to customProperties of the ${LEVEL_NAMES[meaning.level]}.`,
      },
    ];
  }
  const fix = valueFix(meaning, value);
  return fix === undefined ? [] : [{ ...problem, message: `${property} has a value it cannot take`, fix }];
}

const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  contract: 'contract itself',
  object: 'entry of schema',
  property: 'property it is about',
};

/** What every change of one of our properties does; undefined when it depends on the change, or is not ours. */
export const changeOfCustom = (name: string): Meaning['change'] =>
  isKnown(name) ? (MEANINGS[name] as Meaning).change : undefined;

const isKnown = (name: string): name is HeadwaterProperty => Object.hasOwn(MEANINGS, name);

function valueFix(meaning: Meaning, value: unknown): string | undefined {
  const { values } = meaning;
  if (values === 'boolean') return typeof value === 'boolean' ? undefined : 'Write true or false.';
  if (values === 'text') return typeof value === 'string' && value !== '' ? undefined : 'Write a text.';
  if ('from' in values) {
    const { from, to } = values;
    const isInRange = typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;
    return isInRange ? undefined : `Write a whole number from ${from} to ${to}.`;
  }
  return typeof value === 'string' && values.includes(value) ? undefined : `Use one of ${values.join(', ')}.`;
}
