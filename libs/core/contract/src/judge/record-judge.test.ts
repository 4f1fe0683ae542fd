import { column, contractOf } from '@headwater/testkit';
import { describe, expect, test } from 'vitest';
import type { Column, ColumnType, ColumnValue, CompiledContract, ReasonCode } from '../compiled-contract.ts';
import { createRecordJudge } from './record-judge.ts';
import { encodeUtf8 } from './text.ts';

type Extra = Partial<Pick<Column, 'required' | 'time' | 'rules'>>;

/** Judges `{"v": text}` for one column: the value, or the reason code. */
function judgeOne(type: ColumnType, text: string, extra: Extra = {}): ColumnValue | { reason: ReasonCode } {
  const verdict = createRecordJudge(contractOf([column('v', type, extra)]))(encodeUtf8(`{"v":${text}}`));
  return verdict.accepted ? verdict.values[0]! : { reason: verdict.reason };
}

const reason = (code: ReasonCode): { reason: ReasonCode } => ({ reason: code });
const judgeText = (text: string, extra: Partial<CompiledContract> = {}) =>
  createRecordJudge(contractOf([column('a', { kind: 'integer', bits: 64 })], extra))(encodeUtf8(text));

describe('[C2] integers are exact or refused', () => {
  const int64: ColumnType = { kind: 'integer', bits: 64 };
  test.each<[ColumnType, string, ColumnValue | { reason: ReasonCode }]>([
    [int64, '1', 1n],
    [int64, '-0', 0n],
    [int64, '1.0', 1n],
    [int64, '1e2', 100n],
    [int64, '120e-1', 12n],
    [int64, '1.5', reason('not-exact')],
    [int64, '9223372036854775807', 9223372036854775807n],
    [int64, '-9223372036854775808', -9223372036854775808n],
    [int64, '9223372036854775808', reason('out-of-range')],
    [int64, '9007199254740993', 9007199254740993n],
    [int64, '1e400', reason('out-of-range')],
    [int64, '0e999999999999', 0n],
    [int64, '"1"', reason('type')],
    [int64, 'true', reason('type')],
    [{ kind: 'integer', bits: 8 }, '127', 127],
    [{ kind: 'integer', bits: 8 }, '128', reason('out-of-range')],
    [{ kind: 'integer', bits: 16 }, '-32768', -32768],
    [{ kind: 'integer', bits: 32 }, '2147483648', reason('out-of-range')],
    [int64, '01', reason('invalid-json')],
    [int64, '+1', reason('invalid-json')],
    [int64, '1.', reason('invalid-json')],
    [int64, '.5', reason('invalid-json')],
    [int64, '1e', reason('invalid-json')],
    [int64, 'NaN', reason('invalid-json')],
  ])('%j %s -> %s', (type, text, expected) => {
    expect(judgeOne(type, text)).toEqual(expected);
  });
});

describe('[C3] a floating column keeps every digit that was sent or refuses the number', () => {
  test.each<[ColumnType, string, ColumnValue | { reason: ReasonCode }]>([
    [{ kind: 'double' }, '0.1', 0.1],
    [{ kind: 'double' }, '-0.0', -0],
    [{ kind: 'double' }, '1e308', 1e308],
    [{ kind: 'double' }, '1e309', reason('out-of-range')],
    [{ kind: 'double' }, '1e-400', reason('out-of-range')],
    [{ kind: 'double' }, '5e-324', 5e-324],
    [{ kind: 'double' }, '3e-324', reason('not-exact')],
    [{ kind: 'double' }, '9007199254740993', reason('not-exact')],
    [{ kind: 'double' }, '9007199254740992', 9007199254740992],
    [{ kind: 'double' }, '590295810358705700000', 590295810358705700000],
    [{ kind: 'double' }, '0.30000000000000004', 0.30000000000000004],
    [{ kind: 'double' }, '0.30000000000000000001', reason('not-exact')],
    [{ kind: 'double' }, '5.684341886080802e-14', 5.684341886080802e-14],
    [{ kind: 'double' }, '1.10000000000000000000000', 1.1],
    [{ kind: 'float' }, '0.1', Math.fround(0.1)],
    [{ kind: 'float' }, '0.10000000149011612', Math.fround(0.1)],
    [{ kind: 'float' }, '0.123456789', reason('not-exact')],
    [{ kind: 'float' }, '1e39', reason('out-of-range')],
    [{ kind: 'float' }, '16777217', reason('not-exact')],
  ])('%j %s -> %s', (type, text, expected) => {
    expect(judgeOne(type, text)).toEqual(expected);
  });
});

describe('[C4] decimals are exact by scale', () => {
  const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });
  test.each<[ColumnType, string, ColumnValue | { reason: ReasonCode }]>([
    [decimal(10, 2), '1.1', 110n],
    [decimal(10, 2), '1.10', 110n],
    [decimal(10, 2), '1.100', 110n],
    [decimal(10, 2), '1.101', reason('not-exact')],
    [decimal(4, 2), '99.99', 9999n],
    [decimal(4, 2), '100', reason('out-of-range')],
    [decimal(38, 10), '1234567890123456789012345678.0123456789', 12345678901234567890123456780123456789n],
    [decimal(38, 0), '1e37', 10n ** 37n],
    [decimal(38, 0), '1e38', reason('out-of-range')],
    [decimal(18, 18), '-0.000000000000000001', -1n],
  ])('%j %s -> %s', (type, text, expected) => {
    expect(judgeOne(type, text)).toEqual(expected);
  });
});

describe('[C5] times are exact to the microsecond or refused', () => {
  const timestamp: ColumnType = { kind: 'timestamp' };
  const at = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;
  test.each<[ColumnType, string, ColumnValue | { reason: ReasonCode }, Extra?]>([
    [timestamp, '"2026-11-21T09:00:00Z"', at('2026-11-21T09:00:00Z')],
    [timestamp, '"2026-11-21t09:00:00.5z"', at('2026-11-21T09:00:00.500Z')],
    [timestamp, '"2026-11-21 09:00:00.123456+09:00"', at('2026-11-21T00:00:00.123Z') + 456n],
    [timestamp, '"2026-11-21T09:00:00.1234560Z"', at('2026-11-21T09:00:00.123Z') + 456n],
    [timestamp, '"2026-11-21T09:00:00.1234567Z"', reason('not-exact')],
    [timestamp, '"2016-12-31T23:59:60Z"', reason('not-exact')],
    [timestamp, '"2016-12-31T22:59:60Z"', reason('timestamp')],
    [timestamp, '"2026-11-21T24:00:00Z"', reason('timestamp')],
    [timestamp, '"2024-02-29T00:00:00Z"', at('2024-02-29T00:00:00Z')],
    [timestamp, '"2026-02-29T00:00:00Z"', reason('timestamp')],
    [timestamp, '"2026-11-21T09:00:00"', reason('timestamp')],
    [timestamp, '"2026-11-21"', reason('timestamp')],
    [timestamp, '"2026-11-21T09:00:00+0900"', reason('timestamp')],
    [timestamp, '"2026-11-21T09:00:00.Z"', reason('timestamp')],
    [timestamp, '"0001-01-01T00:00:00Z"', -62135596800000000n],
    [timestamp, '"0001-01-01T00:00:00+00:01"', reason('out-of-range')],
    [timestamp, '"0000-12-31T00:00:00Z"', reason('timestamp')],
    [timestamp, '"9999-12-31T23:59:59.999999Z"', 253402300799999999n],
    [timestamp, '"9999-12-31T23:59:59-00:01"', reason('out-of-range')],
    [timestamp, '"\\u0032026-11-21T09:00:00Z"', at('2026-11-21T09:00:00Z')],
    [timestamp, '1732181234', reason('type')],
    [timestamp, '1732181234.5', 1732181234500000n, { time: 'epochSeconds' }],
    [timestamp, '1732181234123', 1732181234123000n, { time: 'epochMillis' }],
    [timestamp, '1732181234123456', 1732181234123456n, { time: 'epochMicros' }],
    [timestamp, '1732181234123456000', 1732181234123456n, { time: 'epochNanos' }],
    [timestamp, '1732181234123456001', reason('not-exact'), { time: 'epochNanos' }],
    [timestamp, '253402300800', reason('out-of-range'), { time: 'epochSeconds' }],
    [timestamp, '"1732181234"', reason('type'), { time: 'epochSeconds' }],
    [{ kind: 'timestampNtz' }, '"2026-11-21T09:00:00"', at('2026-11-21T09:00:00Z')],
    [{ kind: 'timestampNtz' }, '"2026-11-21T09:00:00Z"', reason('timestamp')],
    [{ kind: 'date' }, '"1970-01-02"', 1],
    [{ kind: 'date' }, '"1900-02-29"', reason('date')],
    [{ kind: 'date' }, '"2000-02-29"', 11016],
    [{ kind: 'date' }, '"2026-1-1"', reason('date')],
  ])('%j %s -> %s', (type, text, expected, extra = {}) => {
    expect(judgeOne(type, text, extra)).toEqual(expected);
  });
});

describe('[C6] other types are never coerced', () => {
  test.each<[ColumnType, string, ColumnValue | { reason: ReasonCode }]>([
    [{ kind: 'string' }, '1', reason('type')],
    [{ kind: 'string' }, '"\\ud83d\\ude00é"', '😀é'],
    [{ kind: 'boolean' }, 'true', true],
    [{ kind: 'boolean' }, 'false', false],
    [{ kind: 'boolean' }, '1', reason('type')],
    [{ kind: 'boolean' }, '"true"', reason('type')],
    [{ kind: 'boolean' }, 'truE', reason('invalid-json')],
    [{ kind: 'binary' }, '"AQID"', Uint8Array.of(1, 2, 3)],
    [{ kind: 'binary' }, '"AQI="', Uint8Array.of(1, 2)],
    [{ kind: 'binary' }, '"AQI\\u003d"', Uint8Array.of(1, 2)],
    [{ kind: 'binary' }, '""', new Uint8Array(0)],
    [{ kind: 'binary' }, '"AQJ="', reason('type')],
    [{ kind: 'binary' }, '"AQI"', reason('type')],
    [{ kind: 'binary' }, '"A-_="', reason('type')],
    [{ kind: 'binary' }, '"===="', reason('type')],
    [{ kind: 'json' }, '{"b": [1.50, null]}', '{"b": [1.50, null]}'],
    [{ kind: 'json' }, 'null', null],
    [
      { kind: 'array', element: column('e', { kind: 'integer', bits: 32 }) },
      '[1, null]',
      { array: [1, null] },
    ],
    [{ kind: 'array', element: column('e', { kind: 'integer', bits: 32 }) }, '[1, 1.5]', reason('not-exact')],
    [{ kind: 'map', value: column('e', { kind: 'string' }) }, '{"x":"1"}', { map: [['x', '1']] }],
    [
      { kind: 'map', value: column('e', { kind: 'string' }) },
      '{"x":"1","\\u0078":"2"}',
      reason('duplicate-key'),
    ],
    [
      { kind: 'struct', fields: [column('p', { kind: 'date' }), column('q', { kind: 'string' })] },
      '{"q":"z"}',
      { struct: [null, 'z'] },
    ],
  ])('%j %s -> %s', (type, text, expected) => {
    expect(judgeOne(type, text)).toEqual(expected);
  });
});

describe('[C1] only strict JSON objects are records', () => {
  test.each<[string, ReasonCode]>([
    ['', 'empty'],
    [' \n', 'empty'],
    ['[{}]', 'not-an-object'],
    ['null', 'not-an-object'],
    ['nul', 'invalid-json'],
    ['{"a":1}x', 'invalid-json'],
    ['{"a":1,}', 'invalid-json'],
    ['{"a" 1}', 'invalid-json'],
    ["{'a':1}", 'invalid-json'],
    ['{"a":1', 'invalid-json'],
    ['\uFEFF{"a":1}', 'invalid-json'],
    ['{"b":"\t"}', 'invalid-json'],
    ['{"b":"\\x"}', 'invalid-json'],
    ['{"b":"\\u00"}', 'invalid-json'],
    ['{"b":"\0"}', 'nul-character'],
    ['{"b":"\\u0000"}', 'nul-character'],
    ['{"b":"\\ud800"}', 'invalid-utf8'],
    ['{"b":"\\udc00\\ud800"}', 'invalid-utf8'],
    ['{"a":1,"a":1}', 'duplicate-key'],
    ['{"a":1,"\\u0061":1}', 'duplicate-key'],
    ['{"b":1,"b":1}', 'duplicate-key'],
    ['{"b":{"c":1,"\\u0063":1}}', 'duplicate-key'],
    [`{"b":${'['.repeat(127)}${']'.repeat(127)},"a":"1"}`, 'type'],
    [`{"b":${'['.repeat(128)}${']'.repeat(128)}}`, 'too-deep'],
  ])('%j -> %s', (text, code) => {
    expect(judgeText(text)).toMatchObject({ accepted: false, reason: code });
  });

  test('bytes that are not UTF-8 are refused wherever they stand', () => {
    const judge = createRecordJudge(contractOf([]));
    for (const bad of [
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xe2, 0x82],
      [0x80],
    ]) {
      const bytes = Uint8Array.from([...encodeUtf8('{"b":"'), ...bad, ...encodeUtf8('"}')]);
      expect(judge(bytes)).toMatchObject({ accepted: false, reason: 'invalid-utf8' });
    }
  });

  test('an object of 100,000 members is judged in linear time and its last duplicate is seen', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => `"k${i}":0`).join(',');
    const bytesMax = { recordBytesMax: 10_000_000 };
    expect(judgeText(`{"b":{${many}}}`, bytesMax)).toMatchObject({ accepted: true });
    expect(judgeText(`{"b":{${many},"k5":0}}`, bytesMax)).toMatchObject({ reason: 'duplicate-key' });
    expect(judgeText(`{${many}}`)).toMatchObject({ reason: 'oversize' });
  });
});

describe('[C7] the verdict names the first property of the contract that is wrong', () => {
  const columns = [
    column('a', { kind: 'string' }, { required: true }),
    column('b', { kind: 'string' }, { required: true, rules: [{ rule: 'maxLength', value: 1 }] }),
  ];
  test.each<[string, object]>([
    ['{"b":"xx"}', { reason: 'required', path: 'a', stage: 'validate' }],
    ['{"b":"xx","a":1}', { reason: 'type', path: 'a', stage: 'map' }],
    ['{"b":"xx","a":"1"}', { reason: 'max-length', path: 'b', stage: 'validate' }],
    ['{"b":"😀","a":"1"}', { accepted: true }],
    ['{"b":null,"a":"1"}', { reason: 'required', path: 'b' }],
    ['{"b":"xx","a":"1"', { reason: 'invalid-json', path: '', stage: 'decode' }],
  ])('%s -> %j', (text, expected) => {
    expect(createRecordJudge(contractOf(columns))(encodeUtf8(text))).toMatchObject(expected);
  });

  test('members the contract does not name are ignored or refused as it says', () => {
    expect(judgeText('{"x":1,"a":2}')).toEqual({ accepted: true, values: [2n] });
    expect(judgeText('{"x":1,"a":2}', { unknownMembers: 'refuse' })).toMatchObject({
      reason: 'unknown-member',
      path: 'x',
      stage: 'map',
    });
  });
});
