import type { Column, ColumnType, CompiledContract } from '@headwater/core-contract';
import { column, contractOf } from '@headwater/testkit';

const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale });
const integer = (bits: 8 | 16 | 32 | 64): ColumnType => ({ kind: 'integer', bits });
const array = (element: Column): ColumnType => ({ kind: 'array', element });
const struct = (...fields: Column[]): ColumnType => ({ kind: 'struct', fields });

/** The shape of the ad events, with fewer members that are required. */
const events = contractOf([
  column('event_id', { kind: 'string' }, { required: true }),
  column('timestamp', { kind: 'timestamp' }, { required: true }),
  column('user_id', { kind: 'string' }),
  column('event_type', { kind: 'string' }, { rules: [{ rule: 'pattern', pattern: '^(impression|click)$' }] }),
  column(
    'kind',
    { kind: 'string' },
    { rules: [{ rule: 'enum', values: ['a', 'bé', 'a long one of many'] }] },
  ),
  column('revenue', { kind: 'double' }, { rules: [{ rule: 'minimum', value: '0', exclusive: false }] }),
]);

const scalars = contractOf([
  column('i8', integer(8)),
  column('i16', integer(16), { rules: [{ rule: 'multipleOf', value: '5' }] }),
  column('i32', integer(32), { rules: [{ rule: 'maximum', value: '1000', exclusive: true }] }),
  column('i64', integer(64), { required: true }),
  column('f32', { kind: 'float' }),
  column('f64', { kind: 'double' }, { rules: [{ rule: 'maximum', value: '1e6', exclusive: true }] }),
  column('d4', decimal(4, 2)),
  column('d9', decimal(9, 0), { rules: [{ rule: 'enum', values: ['1', '7', '999999999'] }] }),
  column('d18', decimal(18, 6)),
  column('d38', decimal(38, 10), { rules: [{ rule: 'minimum', value: '-5', exclusive: false }] }),
  column('ok', { kind: 'boolean' }),
]);

const times = contractOf([
  column('day', { kind: 'date' }, { rules: [{ rule: 'minimum', value: '1600-01-01', exclusive: false }] }),
  column('at', { kind: 'timestamp' }, { required: true }),
  column('local', { kind: 'timestampNtz' }),
  column('s', { kind: 'timestamp' }, { time: 'epochSeconds' }),
  column('ms', { kind: 'timestamp' }, { time: 'epochMillis' }),
  column('us', { kind: 'timestamp' }, { time: 'epochMicros' }),
  column('ns', { kind: 'timestamp' }, { time: 'epochNanos' }),
]);

const texts = contractOf(
  [
    column('plain', { kind: 'string' }),
    column(
      'short',
      { kind: 'string' },
      {
        rules: [
          { rule: 'minLength', value: 2 },
          { rule: 'maxLength', value: 12 },
        ],
      },
    ),
    column('word', { kind: 'string' }, { rules: [{ rule: 'pattern', pattern: '[^a-c]é?$' }] }),
    column('bytes', { kind: 'binary' }),
    column('raw', { kind: 'json' }),
    column('région', { kind: 'string' }),
    column('a name of more than sixteen bytes', { kind: 'string' }),
  ],
  { unknownMembers: 'refuse', recordBytesMax: 600 },
);

const nested = contractOf([
  column('id', integer(64), { required: true }),
  column(
    'geo',
    struct(column('lat', { kind: 'double' }), column('tags', array(column('element', { kind: 'string' })))),
  ),
  column('list', array(column('element', integer(32), { required: true })), {
    rules: [{ rule: 'maxLength', value: 3 }],
  }),
  column(
    'deep',
    array(
      column(
        'element',
        struct(column('n', decimal(20, 2)), column('l', array(column('element', { kind: 'boolean' })))),
      ),
    ),
  ),
  column('map', { kind: 'map', value: column('value', integer(16)) }),
  column(
    'maps',
    { kind: 'map', value: column('value', array(column('element', { kind: 'string' }))) },
    {
      rules: [{ rule: 'minLength', value: 1 }],
    },
  ),
  column('nothing', struct()),
]);

const wide = contractOf(
  Array.from({ length: 90 }, (_, index) =>
    column(
      `column_${index}`,
      index % 3 === 0 ? { kind: 'string' } : index % 3 === 1 ? integer(32) : { kind: 'double' },
    ),
  ),
);

/** A name that JSON writes with an escape. */
const escaped = contractOf([column('quo"te', { kind: 'string' }), column('n', integer(32))]);

/** Shapes that meet every kind of column and of rule. */
export const fuzzContracts: readonly CompiledContract[] = [
  events,
  scalars,
  times,
  texts,
  nested,
  wide,
  escaped,
];
