import type { Column, ColumnType } from '@headwater/core-contract';
import { others, words } from './fuzz-odd-values.test-data.ts';
import type { Random } from './fuzz-random.test-data.ts';
import { digits, randomMoment, randomNumber, randomText } from './fuzz-scalars.test-data.ts';

/** A value of the column's JSON type that may break its range or its rules. */
export const anyOf = (random: Random, { type, time }: Column): string =>
  soundValue(random, type, time !== undefined && time !== 'iso8601');

/** A value the judge takes, as far as this file knows the rules. */
export function soundMember(random: Random, column: Column): string {
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
