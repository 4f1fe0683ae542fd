import type { Column, ColumnType, CompiledContract } from '@headwater/core-contract';
import type { Random } from './fuzz-random.test-data.ts';

const numbers = [
  '0',
  '-0',
  '0.0',
  '-0.0',
  '0e5',
  '1.5',
  '1e3',
  '1E-5',
  '1e+2',
  '120e-1',
  '01',
  '-01',
  '00',
  '1.',
  '.5',
  '+1',
  '-',
  '1e',
  '9007199254740993',
  '9007199254740992',
  '9223372036854775807',
  '-9223372036854775808',
  '9223372036854775808',
  '123456789012345678',
  '1234567890123456789',
  '99999999999999999999',
  '18446744073709551616',
  '0.1',
  '0.014710',
  '123456.789',
  '1.7976931348623157e308',
  '1e309',
  '1e-400',
  '0.000000000000000000001',
  '12345678901234567.5',
  '-3',
  '127',
  '128',
  '-128',
  '-129',
  '32767',
  '32768',
  '2147483647',
  '2147483648',
  '16777217',
  '0.30000000000000004',
  '4.35',
  '1234567.8901234567',
  '0.1234567890123456789',
  '99.99',
  '100.00',
  '1.101',
  '1.10',
  '1e22',
  '1e23',
  '5e-324',
  '999',
  '1000',
  '1000.0',
  '99999999999999999999999999.9999999999',
  '9999999999999999999999999999.9999999999',
  '12345678901234567890123456.7890123456',
  '1790000000',
  '1790000000.5',
  '1790000000123',
  '1790000000123456',
  '1790000000123456000',
  '1790000000123456001',
  '253402300800',
  '-62135596801',
  '1e10',
  '3.4028235e38',
  '0.10000000149011612',
  '4503599627370497.5',
  '45035996273704967.5',
  '9007199254740991.4',
  '0.5000000000000001',
  '7.0000000000000001',
  '20',
  '25',
];
const words = [
  '"abc"',
  '"é"',
  '"日本語日本語"',
  '"😀"',
  '"a\\nb"',
  '"a\\u0000b"',
  '""',
  '"exactly12byt"',
  '"thirteen13byt"',
  '"a\nb"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"\\ude00"',
  '"\\u00e9"',
  '"\\u00E9x"',
  '"\\x"',
  '"\\u12g4"',
  '"\\/\\b\\f\\r\\t\\"\\\\"',
  '"tab\there"',
  '"\x7f"',
  '"impression"',
  '"click"',
  '"clickx"',
  '"a"',
  '"bé"',
  '"b\\u00e9"',
  '"a long one of many"',
  '"AP+A"',
  '"AP+B"',
  '"AA=="',
  '"AB=="',
  '"AAA="',
  '"AAAA"',
  '"AP-A"',
  '"A"',
  '"' + 'x'.repeat(300) + '"',
  '"' + 'é'.repeat(40) + '"',
  '"\\u0022"',
  '"' + '\\n'.repeat(40) + '"',
  '"zzz"',
  '"cé"',
];
const moments = [
  '"2026-11-18T11:06:35.469Z"',
  '"2026-02-29T11:06:35Z"',
  '"2024-02-29T23:59:59.999999Z"',
  '"2026-11-18 11:06:35Z"',
  '"2026-11-18t11:06:35z"',
  '"2026-11-18T24:00:00Z"',
  '"2026-11-31T00:00:00Z"',
  '"1999-12-31T23:59:59.9Z"',
  '"2026-11-18T11:06:35+02:00"',
  '"2026-11-18T11:06:35-23:59"',
  '"2026-11-18T11:06:35-00:00"',
  '"2026-11-18T11:06:35+24:00"',
  '"2026-11-18T11:06:35+0200"',
  '"2026-1-18T11:06:35Z"',
  '"not-a-timestamp-at-all"',
  '"1969-07-20T20:17:40Z"',
  '"2026-11-18T11:06:60Z"',
  '"2016-12-31T23:59:60Z"',
  '"2100-02-29T00:00:00Z"',
  '"2000-02-29T00:00:00Z"',
  '"2026-11-18T11:06:35.1234567Z"',
  '"2026-11-18T11:06:35.1234560000Z"',
  '"2026-11-18T11:06:35.Z"',
  '"2026-11-18T11:06:35"',
  '"2026-11-18T11:06:35.25"',
  '"0001-01-01T00:00:00Z"',
  '"0001-01-01T00:00:00+01:00"',
  '"9999-12-31T23:59:59.999999Z"',
  '"9999-12-31T23:59:59-00:01"',
  '"0000-01-01T00:00:00Z"',
  '"2026-11-18"',
  '"2024-02-29"',
  '"1900-02-29"',
  '"2026-13-01"',
  '"1599-12-31"',
  '"0001-01-01"',
  '"9999-12-31"',
  '"2026-11-18\\u0054"',
];
const others = [
  'null',
  'true',
  'false',
  'tru',
  'falsey',
  '{}',
  '[]',
  '{"a":1}',
  '[1,2,[3]]',
  '{"a":1,"a":2}',
  '{"b":{"c":[{}]}}',
  '"x',
  '[1,]',
  'nul',
  '  7 ',
];

/** Makes records of the contract's shape: half of them sound, the others odd in a place or two, or damaged. */
export function createRecordMaker(random: Random, { columns }: CompiledContract): () => Buffer {
  const pool = Array.from({ length: POOL }, () =>
    columns.map((column) => [JSON.stringify(column.source), soundMember(random, column), column] as const),
  );
  return () => {
    const members = random.pick(pool).slice();
    if (random.chance(2)) makeOdd(random, members);
    const between = random.chance(8) ? () => random.pick(['', ' ', '\n', '\t ', '\r\n']) : () => '';
    const text = members
      .map(([name, value]) => `${between()}${name}${between()}:${between()}${value}${between()}`)
      .join(',');
    const bytes = Buffer.from(`${between()}{${text}}${between()}`);
    return random.chance(6) ? damage(random, bytes) : bytes;
  };
}

/** A value for the column in the text of JSON: sound, sound for another column, or nothing of the kind. */
export function makeValueText(random: Random, column: Column): string {
  if (random.chance(6)) return oddValue(random);
  return random.chance(3) ? anyOf(random, column) : soundMember(random, column);
}

/** Records kept to vary. */
const POOL = 300;

type Member = readonly [name: string, value: string, column: Column | undefined];

function makeOdd(random: Random, members: Member[]): void {
  for (let times = 1 + random.below(2); times > 0; times--) {
    const at = random.below(members.length);
    const [name, value, column] = members[at] ?? ['"x"', '1', undefined];
    switch (random.below(9)) {
      case 0:
        members.splice(at, 1);
        break;
      case 1:
        members.push(members.shift()!);
        break;
      case 2:
        members.push([random.pick(['"extra"', '"a"', '"event_idx"', '"id"']), oddValue(random), undefined]);
        break;
      case 3:
        members.push([name, value, column]);
        break;
      case 4:
        members.push(
          ['"x"', oddValue(random), undefined],
          [random.pick(['"x"', '"y"', '"\\u0078"']), '1', undefined],
        );
        break;
      case 5:
        members[at] = [escapeFirst(name), value, column];
        break;
      case 6:
        members[at] = [name, oddValue(random), column];
        break;
      default:
        members[at] = [name, column === undefined ? value : anyOf(random, column), column];
    }
  }
}

/** The name with its first letter as an escape. */
const escapeFirst = (name: string): string => {
  const text = JSON.parse(name) as string;
  const code = text.codePointAt(0) ?? 0x61;
  return `"\\u${code.toString(16).padStart(4, '0')}${JSON.stringify(text.slice(1)).slice(1)}`;
};

/** A value of the column's JSON type that may break its range or its rules. */
const anyOf = (random: Random, { type, time }: Column): string =>
  soundValue(random, type, time !== undefined && time !== 'iso8601');

/** A value the judge takes, as far as this file knows the rules. */
function soundMember(random: Random, column: Column): string {
  if (!column.required && random.chance(10)) return 'null';
  const { type, rules } = column;
  const bound = rules.length > 0 ? ruledValue(random, column) : undefined;
  return bound ?? fittingValue(random, type, column);
}

function ruledValue(random: Random, { type, rules }: Column): string | undefined {
  for (const rule of rules) {
    if (rule.rule === 'enum') {
      const value = random.pick(rule.values);
      return type.kind === 'string' ? JSON.stringify(value) : value;
    }
    if (rule.rule === 'pattern') {
      return random.pick(rule.pattern.startsWith('^') ? ['"click"', '"impression"'] : ['"zé"', '"abcd"']);
    }
    if (rule.rule === 'multipleOf') return String(5 * random.below(400));
    if (rule.rule === 'minLength' && type.kind === 'string')
      return JSON.stringify('ab한😀é'.slice(0, 2 + random.below(3)));
    if (rule.rule === 'minimum' || rule.rule === 'maximum') {
      return type.kind === 'date'
        ? '"1999-02-28"'
        : random.pick(['0', '1.5', '12.25', '7e1', '999'].slice(type.kind === 'integer' ? 4 : 0));
    }
  }
  return undefined;
}

function fittingValue(random: Random, type: ColumnType, { time }: Column): string {
  switch (type.kind) {
    case 'binary':
      return random.pick(['""', '"AP+A"', '"AA=="', '"AAA="', `"${'AAAA'.repeat(random.below(12))}"`]);
    case 'integer':
      return random.pick([`${random.below(256) - 128}`, '1e2', '120e-1', '-0', '7.0']);
    case 'decimal': {
      const whole = digits(random, 1 + random.below(type.precision - type.scale)).replace(/^0+(?=\d)/, '');
      const fraction =
        type.scale > 0 && random.chance(2) ? `.${digits(random, 1 + random.below(type.scale))}` : '';
      return `${random.chance(3) ? '-' : ''}${whole}${fraction}`;
    }
    case 'float':
      return random.pick(['0.5', '-0.25', '1.5e3', '16777216', '0.1', '3.25']);
    case 'double':
      return random.chance(2)
        ? String(Math.fround(random.below(1e9) / 7))
        : String((random.below(1e9) + random.below(1e6) / 1e6) / 999983);
    case 'date':
      return `"${random.pick(['1999-02-28', '2000-02-29', '2024-12-31', '2026-01-01'])}"`;
    case 'timestamp':
    case 'timestampNtz':
      if (time !== undefined && time !== 'iso8601') {
        return {
          epochSeconds: '1790000000.25',
          epochMillis: '1790000000123',
          epochMicros: '1790000000123456',
          epochNanos: '1790000000123456000',
        }[time];
      }
      return `"20${10 + random.below(80)}-0${1 + random.below(9)}-1${random.below(10)}T1${random.below(10)}:2${random.below(10)}:3${random.below(10)}${random.pick(['', '.5', '.123456', '.1000000'])}${type.kind === 'timestamp' ? random.pick(['Z', 'Z', '+09:00', '-03:30', 'z']) : ''}"`;
    case 'struct':
      return `{${type.fields
        .filter(() => !random.chance(6))
        .map((field) => `${JSON.stringify(field.source)}:${soundMember(random, field)}`)
        .join()}}`;
    case 'array':
      return `[${Array.from({ length: random.below(4) }, () => soundMember(random, type.element)).join()}]`;
    case 'map':
      return `{${Array.from({ length: 1 + random.below(4) }, (_, index) => `"k${index}":${soundMember(random, type.value)}`).join()}}`;
    case 'json':
      return random.pick(['{"k": [1, 2.50]}', '[]', '"x"', '1e2', 'true', '{"a":{"b":[null,{}]}}']);
    case 'string':
      return JSON.stringify(randomText(random).replaceAll('\u0000', ''));
    case 'boolean':
      return random.pick(['true', 'false']);
  }
}

const oddValue = (random: Random): string => random.pick(random.pick([numbers, words, moments, others]));

function soundValue(random: Random, type: ColumnType, isEpoch: boolean): string {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return random.chance(3) ? random.pick(words) : JSON.stringify(randomText(random));
    case 'json':
      return random.pick([...others, '1e2', '{"k": [1, 2.50]}']);
    case 'boolean':
      return random.pick(['true', 'false']);
    case 'integer':
    case 'decimal':
    case 'float':
    case 'double':
      return randomNumber(random);
    case 'date':
    case 'timestamp':
    case 'timestampNtz':
      return isEpoch ? randomNumber(random) : randomMoment(random, type.kind);
    case 'struct':
      return `{${type.fields.map((field) => `${JSON.stringify(field.source)}:${anyOf(random, field)}`).join()}}`;
    case 'array':
      return `[${Array.from({ length: random.below(5) }, () => anyOf(random, type.element)).join()}]`;
    case 'map':
      return `{${Array.from({ length: random.below(5) }, (_, index) => `"${random.chance(20) ? 'k' : `k${index}`}":${anyOf(random, type.value)}`).join()}}`;
  }
}

const letters = [
  'a',
  'b',
  'Z',
  '0',
  ' ',
  'é',
  '한',
  '😀',
  '"',
  '\\',
  '\n',
  '-',
  '_',
  '/',
  '\u001f',
  '\u0001',
];
const randomText = (random: Random): string =>
  Array.from({ length: random.below(random.pick([4, 14, 14, 40])) }, () =>
    random.chance(3) ? random.pick(letters) : random.pick(['a', 'b', 'c', 'd', '1', '2']),
  ).join('');

function randomNumber(random: Random): string {
  switch (random.below(6)) {
    case 0:
      return random.pick(numbers);
    case 1:
      return String(random.below(300) - 150);
    case 2:
      return (random.below(1e6) / 10 ** random.below(7)).toFixed(random.below(8));
    case 3:
      return String((random.below(2 ** 32) / 2 ** 32) * 10 ** random.below(9));
    case 4:
      return `${random.chance(2) ? '-' : ''}${digits(random, 1 + random.below(22))}.${digits(random, 1 + random.below(12))}`;
    default:
      return `${1 + random.below(9)}${digits(random, random.below(20))}${random.chance(3) ? `e${random.below(50) - 25}` : ''}`;
  }
}

const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.below(10)).join('');

function randomMoment(random: Random, kind: 'date' | 'timestamp' | 'timestampNtz'): string {
  if (random.chance(3)) return random.pick(moments);
  const two = (below: number, least = 0) => String(least + random.below(below)).padStart(2, '0');
  const day = `${random.pick(['1900', '2000', '2024', '2025', '2026', '2100', '1969'])}-${two(12, 1)}-${two(31, 1)}`;
  if (kind === 'date') return `"${day}"`;
  const fraction = random.chance(2) ? `.${digits(random, 1 + random.below(7))}` : '';
  const zone =
    kind === 'timestampNtz'
      ? ''
      : random.pick(['Z', 'Z', 'z', `+${two(24)}:${two(60)}`, `-${two(24)}:${two(60)}`]);
  return `"${day}${random.pick(['T', 'T', ' ', 't'])}${two(24)}:${two(60)}:${two(61)}${fraction}${zone}"`;
}

/** One byte changed, an end cut off, or something put in. */
function damage(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  switch (random.below(4)) {
    case 0: {
      if (bytes.length > 0) bytes[Math.min(at, bytes.length - 1)] = random.below(256);
      return bytes;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([
        bytes,
        Buffer.from(random.pick(['}', ',', '{}', ' ', '\0', 'x', '"', '\ufeff'])),
      ]);
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(
          random.pick([
            [0xff],
            [0xc0, 0x80],
            [0xed, 0xa0, 0x80],
            [0xf4, 0x90, 0x80, 0x80],
            [0x22],
            [0x5c],
            [0x30],
            [0],
          ]),
        ),
        bytes.subarray(at),
      ]);
  }
}
