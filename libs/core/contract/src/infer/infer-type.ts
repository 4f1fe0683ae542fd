import type { OdcsLogicalType } from '../odcs/odcs.ts';
import type { TimeEncoding } from '../compiled-contract.ts';
import { FORMAT_NAMES } from './text-format.ts';
import type { TextFormat } from './text-format.ts';
import { countValues, MEMBERS_MAX } from './value-profile.ts';
import type { ValueKind, ValueProfile } from './value-profile.ts';

/** The type an ODCS property gets, with why. */
export interface InferredType {
  readonly logicalType: OdcsLogicalType;
  readonly physicalType?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly timeEncoding?: Exclude<TimeEncoding, 'iso8601'>;
  readonly validValues?: readonly string[];
  /** What a string holds, when all but outliers have it. */
  readonly format?: TextFormat;
  readonly shape?: 'struct' | 'array';
  readonly evidence: readonly string[];
}

/**
 * At most one value in fifty, of at least twenty, may be unlike the others: it is taken for a mistake and its record
 * is reported, instead of loosening the type for all.
 */
const isAllButOutliers = (count: number, of: number): boolean =>
  count === of ? of > 0 : of >= 20 && (of - count) * 50 <= of;

export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

const share = (count: number, of: number): string => `${formatCount(count)} of ${formatCount(of)}`;

export function inferType(name: string, profile: ValueProfile): InferredType {
  const values = countValues(profile);
  if (values === 0) return asJson(['only null was seen']);
  const [kind, count] = mostFrequentKind(profile);
  if (!isAllButOutliers(count, values)) {
    const seen = Object.entries(profile.kinds).filter(([, n]) => n > 0);
    return asJson([
      `values of different kinds: ${seen.map(([each, n]) => `${formatCount(n)} ${each}`).join(', ')}`,
    ]);
  }
  const outliers = count === values ? [] : [`${share(count, values)} values are of kind ${kind}`];
  const inferred = byKind(kind, name, profile);
  return { ...inferred, evidence: [...outliers, ...inferred.evidence] };
}

const asJson = (evidence: readonly string[]): InferredType => ({
  logicalType: 'object',
  physicalType: 'json',
  evidence: [...evidence, 'kept as JSON text'],
});

function mostFrequentKind(profile: ValueProfile): readonly [ValueKind, number] {
  const kinds = Object.entries(profile.kinds) as [ValueKind, number][];
  return kinds.reduce((most, each) => (each[1] > most[1] ? each : most));
}

function byKind(kind: ValueKind, name: string, profile: ValueProfile): InferredType {
  switch (kind) {
    case 'string':
      return inferText(profile);
    case 'number':
      return inferNumber(name, profile);
    case 'boolean':
      return { logicalType: 'boolean', evidence: [] };
    case 'object':
      return profile.members.size === 0 || profile.members.size > MEMBERS_MAX
        ? asJson([`${formatCount(profile.members.size)} different members were seen`])
        : { logicalType: 'object', shape: 'struct', evidence: [] };
    case 'array':
      return profile.element === undefined || profile.element.occasions === 0
        ? asJson(['only empty arrays were seen'])
        : { logicalType: 'array', shape: 'array', evidence: [] };
  }
}

function inferText(profile: ValueProfile): InferredType {
  const count = profile.kinds.string;
  const found = (Object.keys(profile.formats) as TextFormat[]).find((format) =>
    isAllButOutliers(profile.formats[format], count),
  );
  const evidence =
    found === undefined
      ? nearMisses(profile)
      : [`${share(profile.formats[found], count)} values parse as ${FORMAT_NAMES[found]}`];
  switch (found) {
    case 'timestamp':
      return { logicalType: 'timestamp', evidence };
    case 'timestampNtz':
      return { logicalType: 'timestamp', options: { timezone: false }, evidence };
    case 'date':
      return { logicalType: 'date', evidence };
    case undefined: {
      const values = closedSet(profile);
      return values === undefined
        ? { logicalType: 'string', evidence }
        : {
            logicalType: 'string',
            validValues: values,
            evidence: [...evidence, `${formatCount(count)} values are one of ${values.length}`],
          };
    }
    default:
      return {
        logicalType: 'string',
        options: { format: FORMAT_WORDS[found] ?? found },
        format: found,
        evidence,
      };
  }
}

/** Words for `logicalTypeOptions.format`, as JSON Schema has them where it has one. */
const FORMAT_WORDS: Readonly<Partial<Record<TextFormat, string>>> = {
  residentNumber: 'resident-registration-number',
  cardNumber: 'card-number',
};

/** Formats that most values have, though too few to rely on. */
function nearMisses(profile: ValueProfile): readonly string[] {
  const count = profile.kinds.string;
  return (Object.keys(profile.formats) as TextFormat[])
    .filter((format) => profile.formats[format] * 2 > count)
    .map((format) => `only ${share(profile.formats[format], count)} values parse as ${FORMAT_NAMES[format]}`);
}

/**
 * The values when they look like a closed set: few, short, and each seen so often that an unseen one is unlikely.
 */
function closedSet(profile: ValueProfile): readonly string[] | undefined {
  const { distinct, kinds } = profile;
  const seenMin = Math.max(3, Math.ceil(kinds.string / 25));
  const isClosed =
    kinds.string >= 30 &&
    !profile.isDistinctCut &&
    distinct.size <= 10 &&
    distinct.size >= 2 &&
    profile.lengthMax <= 40 &&
    [...distinct.values()].every((seen) => seen >= seenMin);
  return isClosed ? [...distinct.keys()].sort() : undefined;
}

function inferNumber(name: string, profile: ValueProfile): InferredType {
  const { numbers, kinds } = profile;
  const epoch = epochEncoding(name, profile);
  if (epoch !== undefined) {
    return {
      logicalType: 'timestamp',
      timeEncoding: epoch.encoding,
      evidence: [`the name and ${share(kinds.number, kinds.number)} values say ${epoch.unit} since 1970`],
    };
  }
  const isInteger = numbers.integers === kinds.number;
  if (isInteger && numbers.isAllDouble && MEASURE_NAME.test(name)) {
    return {
      logicalType: 'number',
      options: { format: 'f64' },
      evidence: ['the numbers are integers and the name says a measure'],
    };
  }
  if (isInteger && !numbers.isBeyondInt64) {
    return {
      logicalType: 'integer',
      options: { format: 'i64' },
      evidence: [`${share(numbers.integers, kinds.number)} numbers are integers`],
    };
  }
  if (!isInteger && numbers.isAllDouble) {
    return {
      logicalType: 'number',
      options: { format: 'f64' },
      evidence: [
        `${share(kinds.number - numbers.integers, kinds.number)} numbers have a fraction or exponent`,
      ],
    };
  }
  const scale = Math.max(0, numbers.fractionDigitsMax);
  const precision = Math.max(1, Math.max(0, numbers.wholeDigitsMax) + scale);
  if (precision > 38) return asJson(['the numbers have more than 38 digits']);
  return {
    logicalType: 'number',
    physicalType: `decimal(38,${scale})`,
    evidence: [`the numbers have up to ${precision} digits, more than a double or 64-bit integer holds`],
  };
}

/** Measures whose sampled values may be whole by chance. */
const MEASURE_NAME =
  /(^|[_.\- ])(lat|lon|lng|latitude|longitude|price|amount|revenue|cost|rate|ratio|score|percent|percentage|temperature|magnitude|average|avg|mean)$|(Price|Amount|Revenue|Cost|Rate|Ratio|Score|Percent|Temperature)$|(가격|금액|비율|온도)$/i;

const TIME_NAME =
  /(^|[_.\- ])(ts|time|timestamp|datetime|date|at|epoch)($|[_.\- ])|^(created|updated|modified|deleted|expires|expired)$|(Time|Timestamp|At|Date|Ts)$|(시간|일시|시각)$/;
const UNITS = [
  { encoding: 'epochSeconds', unit: 'seconds', second: 1 },
  { encoding: 'epochMillis', unit: 'milliseconds', second: 1e3 },
  { encoding: 'epochMicros', unit: 'microseconds', second: 1e6 },
  { encoding: 'epochNanos', unit: 'nanoseconds', second: 1e9 },
] as const;
const YEAR_2000 = 946_684_800;
const YEAR_2100 = 4_102_444_800;

/** Numbers under a name of time that all lie between 2000 and 2100 in one unit, and keep within microseconds. */
function epochEncoding(name: string, profile: ValueProfile): (typeof UNITS)[number] | undefined {
  const { least, most, fractionDigitsMax, integers } = profile.numbers;
  if (!TIME_NAME.test(name)) return undefined;
  const unit = UNITS.find(({ second }) => least >= YEAR_2000 * second && most < YEAR_2100 * second);
  if (unit === undefined || unit.encoding === 'epochNanos') return undefined;
  const isInteger = integers === profile.kinds.number;
  return isInteger || (unit.encoding === 'epochSeconds' && fractionDigitsMax <= 6) ? unit : undefined;
}
