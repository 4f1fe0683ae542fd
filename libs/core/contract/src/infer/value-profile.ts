import { toDecimalText } from '../judge/exact-number.ts';
import { fitsDouble, WrittenNumber } from './sample-value.ts';
import type { SampleValue } from './sample-value.ts';
import { TEXT_FORMATS, textFormats } from './text-format.ts';
import type { TextFormat } from './text-format.ts';

export type ValueKind = 'string' | 'number' | 'boolean' | 'object' | 'array';

/** What the values of one place in the sample have in common. Bounded in memory by its constants. */
export interface ValueProfile {
  /** Times the place exists: objects of its parent, elements of its array. */
  occasions: number;
  /** Times it has a value other than null, by kind of value. */
  readonly kinds: Record<ValueKind, number>;
  nulls: number;
  readonly formats: Record<TextFormat, number>;
  readonly numbers: NumberProfile;
  /** Number of times each different scalar was seen; empty once there were more than DISTINCT_MAX. */
  readonly distinct: Map<string, number>;
  isDistinctCut: boolean;
  lengthMax: number;
  readonly members: Map<string, ValueProfile>;
  element: ValueProfile | undefined;
}

export interface NumberProfile {
  /** Written without a decimal point and exponent. */
  integers: number;
  /** Digits before and behind the decimal point that every value fits into. */
  wholeDigitsMax: number;
  fractionDigitsMax: number;
  isAllDouble: boolean;
  least: number;
  most: number;
  isBeyondInt64: boolean;
}

const DISTINCT_MAX = 10_000;
/** Objects with more different members than this are kept as JSON. */
export const MEMBERS_MAX = 500;
const DEPTH_MAX = 12;

export function createProfile(): ValueProfile {
  return {
    occasions: 0,
    kinds: { string: 0, number: 0, boolean: 0, object: 0, array: 0 },
    nulls: 0,
    formats: Object.fromEntries(TEXT_FORMATS.map((format) => [format, 0])) as Record<TextFormat, number>,
    numbers: {
      integers: 0,
      wholeDigitsMax: 0,
      fractionDigitsMax: 0,
      isAllDouble: true,
      least: Infinity,
      most: -Infinity,
      isBeyondInt64: false,
    },
    distinct: new Map(),
    isDistinctCut: false,
    lengthMax: 0,
    members: new Map(),
    element: undefined,
  };
}

/** Adds one value, or `undefined` for a member that is absent from an object that could have it. */
export function profileValue(profile: ValueProfile, value: SampleValue | undefined, depth = 0): void {
  profile.occasions++;
  if (value === undefined) return;
  if (value === null) profile.nulls++;
  else if (typeof value === 'string') profileText(profile, value);
  else if (value instanceof WrittenNumber) profileNumber(profile, value.text);
  else if (typeof value === 'boolean') profile.kinds.boolean++;
  else if (Array.isArray(value)) profileArray(profile, value, depth);
  else profileObject(profile, value as Readonly<Record<string, SampleValue>>, depth);
}

function profileText(profile: ValueProfile, text: string): void {
  profile.kinds.string++;
  profile.lengthMax = Math.max(profile.lengthMax, text.length);
  countDistinct(profile, text);
  for (const format of textFormats(text)) profile.formats[format]++;
}

const INT64_MAX = 2n ** 63n - 1n;

function profileNumber(profile: ValueProfile, text: string): void {
  const { numbers } = profile;
  const decimal = toDecimalText(text);
  const isInteger = /^-?[0-9]+$/.test(text);
  profile.kinds.number++;
  countDistinct(profile, text);
  if (isInteger) numbers.integers++;
  numbers.wholeDigitsMax = Math.max(numbers.wholeDigitsMax, decimal.digits.length + decimal.exponent);
  numbers.fractionDigitsMax = Math.max(numbers.fractionDigitsMax, -decimal.exponent);
  numbers.isAllDouble &&= fitsDouble(text);
  numbers.least = Math.min(numbers.least, Number(text));
  numbers.most = Math.max(numbers.most, Number(text));
  if (isInteger && text.length > 18) {
    const value = text.length > 40 ? INT64_MAX * 2n : BigInt(text);
    numbers.isBeyondInt64 ||= value > INT64_MAX || value < -INT64_MAX - 1n;
  }
}

function profileArray(profile: ValueProfile, values: readonly SampleValue[], depth: number): void {
  profile.kinds.array++;
  if (depth >= DEPTH_MAX) return;
  profile.element ??= createProfile();
  for (const value of values) profileValue(profile.element, value, depth + 1);
}

function profileObject(
  profile: ValueProfile,
  object: Readonly<Record<string, SampleValue>>,
  depth: number,
): void {
  const earlier = profile.kinds.object++;
  if (depth >= DEPTH_MAX || profile.members.size > MEMBERS_MAX) return;
  for (const member of Object.keys(object)) {
    if (profile.members.has(member)) continue;
    const added = createProfile();
    added.occasions = earlier;
    profile.members.set(member, added);
  }
  for (const [member, inner] of profile.members) {
    profileValue(inner, Object.hasOwn(object, member) ? object[member] : undefined, depth + 1);
  }
}

function countDistinct(profile: ValueProfile, text: string): void {
  if (profile.isDistinctCut) return;
  profile.distinct.set(text, (profile.distinct.get(text) ?? 0) + 1);
  if (profile.distinct.size > DISTINCT_MAX) {
    profile.isDistinctCut = true;
    profile.distinct.clear();
  }
}

/** Times the place has a value that is not null. */
export const countValues = ({ kinds }: ValueProfile): number =>
  kinds.string + kinds.number + kinds.boolean + kinds.object + kinds.array;
