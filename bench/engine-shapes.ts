import type { ColumnType, CompiledContract } from '@headwater/core-contract';
import { column, contractOf } from '../libs/testkit/src/compiled-contract.ts';

/** A contract and its i-th record value. Values are seeded by i, so that every run has the same. */
export interface Shape {
  readonly name: string;
  readonly contract: CompiledContract;
  record(index: number): string;
}

const text: ColumnType = { kind: 'string' };
const double: ColumnType = { kind: 'double' };

function mix(index: number, salt: number): number {
  let hash = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
const pick = (list: readonly string[], index: number, salt: number): string =>
  list[mix(index, salt) % list.length]!;
const hex = (index: number, salt: number): string => mix(index, salt).toString(16).padStart(8, '0');
const two = (value: number): string => String(value).padStart(2, '0');
const clock = (index: number): string =>
  `2026-11-21T${two(Math.floor(index / 3_600_000) % 24)}:${two(Math.floor(index / 60_000) % 60)}:${two(Math.floor(index / 1000) % 60)}.${String(index % 1000).padStart(3, '0')}`;

const ads: Shape = {
  name: 'ads',
  contract: contractOf([
    column('event_id', text, { required: true }),
    column('timestamp', { kind: 'timestamp' }, { required: true }),
    ...['user_id', 'campaign_id', 'ad_format', 'country', 'device'].map((name) => column(name, text)),
    column('event_type', text, {
      required: true,
      rules: [{ rule: 'pattern', pattern: '^(impression|click|conversion)$' }],
    }),
    column('revenue', double, {
      required: true,
      rules: [{ rule: 'minimum', value: '0', exclusive: false }],
    }),
  ]),
  record: (i) =>
    `{"event_id":"${hex(i, 1)}-${hex(i, 2).slice(4)}-4${hex(i, 3).slice(5)}-a${hex(i, 4).slice(5)}-${hex(i, 5)}${hex(i, 6).slice(4)}",` +
    `"timestamp":"${clock(i)}Z","user_id":"u${String(mix(i, 7) % 2_000_000).padStart(8, '0')}",` +
    `"campaign_id":"cmp-${String(mix(i, 8) % 5_000).padStart(6, '0')}","ad_format":"${pick(['banner', 'video', 'native'], i, 9)}",` +
    `"country":"${pick(['FR', 'KR', 'US', 'DE', 'JP'], i, 10)}","device":"${pick(['mobile', 'desktop', 'tablet'], i, 11)}",` +
    `"event_type":"${pick(['impression', 'impression', 'click', 'conversion'], i, 12)}","revenue":${((mix(i, 13) % 1e6) / 1e6).toFixed(6)}}`,
};

const hard: Shape = {
  name: 'escapes, offsets, nested',
  contract: contractOf([
    column('id', text, { required: true }),
    column('at', { kind: 'timestamp' }, { required: true }),
    column('title', text),
    column('price', { kind: 'decimal', precision: 18, scale: 4 }),
    column('score', double),
    column('geo', { kind: 'struct', fields: [column('lat', double), column('lon', double)] }),
    column('tags', { kind: 'array', element: column('element', text) }),
    column('raw', { kind: 'json' }),
  ]),
  record: (i) =>
    String.raw`{"id":"${hex(i, 1)}${hex(i, 2)}","at":"${clock(i)}+09:00","title":"say \"hi\" to ${hex(i, 3)}\nand \u00e9\u4e2d",` +
    `"price":${mix(i, 4) % 100_000}.${two(mix(i, 5) % 100)}e1,"score":${(mix(i, 6) / 4_294_967_296).toString()},` +
    `"geo":{"lat":${(mix(i, 7) % 90) + 0.25},"lon":-${(mix(i, 8) % 180) + 0.5}},"tags":["${hex(i, 9)}","b\\/c","${pick(['x', 'y'], i, 10)}"],` +
    `"raw":{"k":[1,2.50,{"z":null}],"n":${i}}}`,
};

const wideColumns = Array.from({ length: 200 }, (_, n) =>
  column(
    `field_${n}`,
    n % 4 === 0
      ? text
      : n % 4 === 1
        ? double
        : n % 4 === 2
          ? { kind: 'integer', bits: 64 }
          : { kind: 'boolean' },
  ),
);
const wide: Shape = {
  name: '200 fields',
  contract: contractOf(wideColumns),
  record: (i) =>
    `{${wideColumns
      .map(({ name }, n) => {
        const value = mix(i, n);
        if (n % 4 === 0) return `"${name}":"v${value % 1000}"`;
        if (n % 4 === 1) return `"${name}":${(value % 100_000) / 100}`;
        return `"${name}":${n % 4 === 2 ? value : value % 2 === 0 ? 'true' : 'false'}`;
      })
      .join()}}`,
};

const large: Shape = {
  name: '1-10 KB records',
  contract: contractOf([
    column('id', text, { required: true }),
    column('body', text),
    column('n', { kind: 'integer', bits: 64 }),
  ]),
  record: (i) => {
    const size = 1_000 + (mix(i, 1) % 9_000);
    let body = '';
    for (let salt = 0; body.length < size; salt++) body += `${hex(i, salt)} lorem ipsum dolor `;
    return `{"id":"${hex(i, 2)}","body":"${body.slice(0, size)}","n":${i}}`;
  },
};

export const shapes: Readonly<Record<'ads' | 'hard' | 'wide' | 'large', Shape>> = { ads, hard, wide, large };
